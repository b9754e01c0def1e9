// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "end_to_end/nano.h"
#include "sightline/ops/gemm.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

TensorView<const float> some_rows(const Tensor& tensor, std::int64_t begin, std::int64_t count) {
  return tensor.view().slice_rows(begin, count);
}

/// Features computed `step` images at a time.
std::vector<float> images_in_steps(const Model& clip, const Tensor& pixels, std::int64_t step,
                                   Workspace& workspace) {
  std::vector<float> all;
  for (std::int64_t begin = 0; begin < pixels.view().rows(); begin += step) {
    const std::int64_t count = std::min(step, pixels.view().rows() - begin);
    const Tensor part = image_features(clip, some_rows(pixels, begin, count), workspace);
    all.insert(all.end(), flat(part).begin(), flat(part).end());
  }
  return all;
}

std::vector<float> texts_in_steps(const Model& clip, const std::vector<std::string>& texts, std::size_t step,
                                  Workspace& workspace) {
  std::vector<float> all;
  for (std::size_t begin = 0; begin < texts.size(); begin += step) {
    const std::size_t end = std::min(begin + step, texts.size());
    const auto at = [&](std::size_t i) { return texts.begin() + static_cast<std::ptrdiff_t>(i); };
    const Tensor part = text_features(clip, tokens_of(clip, {at(begin), at(end)}), workspace);
    all.insert(all.end(), flat(part).begin(), flat(part).end());
  }
  return all;
}

/// Eight images and captions: more than fit an odd batch evenly.
std::vector<std::string> eight(std::vector<std::string> items) {
  while (items.size() < 8) items.push_back(items[items.size() - 3]);
  return items;
}

}  // namespace

TEST_CASE("nano: the same bits for every batch size and number of threads", "[end_to_end][property][bits]") {
  for (const GemmBackend* backend : gemm_backends()) {
    if (!backend->supported()) {
      skip("this processor does not run backend " + std::string(backend->name()));
      continue;
    }
    for (const std::string& name : nano_models()) {
      DYNAMIC_SECTION(backend->name() << " " << name) {
        ModelSettings options;
        options.backend = backend->name();
        const auto clip = Model::open(nano_folder(name), options);
        Workspace one(1);
        const Tensor pixels = pixels_of(*clip, eight(nano_images()));
        const std::vector<float> images = images_in_steps(*clip, pixels, 1, one);
        const std::vector<std::string> captions = nano_captions();
        const std::vector<float> texts = texts_in_steps(*clip, captions, 1, one);
        for (const int threads : {1, 2, 3}) {
          Workspace workspace(threads);
          for (const std::int64_t step : {1, 3, 8}) {
            const std::string what = std::to_string(threads) + " threads, batch " + std::to_string(step);
            check_same_bits(images_in_steps(*clip, pixels, step, workspace), images, "images: " + what);
            check_same_bits(texts_in_steps(*clip, captions, static_cast<std::size_t>(step), workspace), texts,
                            "texts: " + what);
          }
        }
      }
    }
  }
}

TEST_CASE("nano: neighbours in a batch and temporaries of earlier passes change no bit",
          "[end_to_end][property][bits]") {
  const auto clip = Model::open(nano_folder("nano_quick_gelu"));
  Workspace fresh;
  const std::vector<std::string> captions = nano_captions();
  const std::vector<float> alone = texts_in_steps(*clip, {captions[0]}, 1, fresh);
  Workspace used;
  (void)texts_in_steps(*clip, captions, captions.size(), used);
  (void)images_in_steps(*clip, pixels_of(*clip, nano_images()), 6, used);
  std::vector<std::string> turned(captions.rbegin(), captions.rend());
  const std::vector<float> among = texts_in_steps(*clip, turned, turned.size(), used);
  const auto size = static_cast<std::size_t>(clip->embedding_size());
  check_same_bits(std::span(among).last(size), alone, "a caption among others");
}

TEST_CASE("nano: every backend of this build agrees with transformers", "[end_to_end][golden]") {
  for (const GemmBackend* backend : gemm_backends()) {
    if (!backend->supported()) {
      skip("this processor does not run backend " + std::string(backend->name()));
      continue;
    }
    for (const std::string& name : nano_models()) {
      DYNAMIC_SECTION(backend->name() << " " << name) {
        ModelSettings options;
        options.backend = backend->name();
        const auto clip = Model::open(nano_folder(name), options);
        Workspace workspace(2);
        const Tensor images = image_features(*clip, pixels_of(*clip, nano_images()).view(), workspace);
        const Tensor texts = text_features(*clip, tokens_of(*clip, nano_captions()), workspace);
        check_near(normalized(images), nano_expected(name, "image_embeds").floats, 2e-6, "image_embeds");
        check_near(normalized(texts), nano_expected(name, "text_embeds").floats, 2e-6, "text_embeds");
      }
    }
  }
}
