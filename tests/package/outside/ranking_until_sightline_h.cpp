// SPDX-License-Identifier: Apache-2.0
// ranking.cpp with the headers there are before sightline/sightline.h.
#include <sightline/base/error.h>
#include <sightline/model/clip.h>

#include <cmath>
#include <cstdio>

int main(int, char** arguments) {
  try {
    const auto clip = sightline::CLIP::from_preset("");
    sightline::ThreadPool pool(1);
    sightline::Scratch scratch;
    sightline::Context context{pool, scratch};
    const std::string paths[] = {arguments[1]}, captions[] = {arguments[2], arguments[3]};
    const sightline::Shape one{1, clip->embedding_size()}, two{2, clip->embedding_size()};
    const sightline::Tensor pixels = clip->processor().process_images(paths);
    sightline::Tensor image(one), texts(two);
    clip->encode_images(pixels.view(), image.view(), context);
    clip->encode_texts(clip->processor()(captions).batch, texts.view(), context);
    for (int text = 0; text < 2; ++text) {
      double product = 0, a = 0, b = 0;
      for (int i = 0; i < clip->embedding_size(); ++i) {
        const double x = image.view().row(0)[i], y = texts.view().row(text)[i];
        product += x * y, a += x * x, b += y * y;
      }
      std::printf("%.9g\n", product / std::sqrt(a * b));
    }
  } catch (const sightline::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
