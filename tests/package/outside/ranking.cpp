// SPDX-License-Identifier: Apache-2.0
// A program outside the project: the cosines of one image and two captions, with the demo model.
#include <sightline/sightline.h>

#include <iomanip>
#include <iostream>

int main(int, char** arguments) {
  try {
    const auto clip = sightline::CLIP::from_preset("");
    const auto images = clip->encode_images(clip->processor().process_images({arguments[1]}));
    const auto texts = clip->encode_texts(clip->processor()({arguments[2], arguments[3]}));
    const auto cosines = sightline::cosines(images, texts);
    for (std::int64_t i = 0; i < 2; ++i) std::cout << std::setprecision(9) << cosines.data()[i] << "\n";
  } catch (const sightline::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
