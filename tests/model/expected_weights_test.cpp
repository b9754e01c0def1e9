// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/expected_weights.h"

#include <algorithm>

#include "end_to_end/nano.h"
#include "support/catch.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

ModelConfig sizes(std::int64_t vision_width, std::int64_t patch, std::int64_t image, std::int64_t text_width,
                  std::int64_t projection) {
  ModelConfig config;
  config.projection_dim = projection;
  const std::int64_t vision_layers = vision_width == 1024 ? 24 : 12;
  config.vision.encoder = {vision_width, vision_width / 64, 4 * vision_width, vision_layers};
  config.vision.patch_size = patch;
  config.vision.image_size = image;
  config.text.encoder = {text_width, text_width / 64, 4 * text_width, 12};
  return config;
}

std::int64_t parameters(const ModelConfig& config) {
  std::int64_t count = 0;
  for (const ExpectedWeight& weight : expected_weights(config)) count += weight.shape.elements();
  return count;
}

}  // namespace

TEST_CASE("expected_weights: they match the tensors in files of transformers", "[model]") {
  for (const std::string& name : nano_models()) {
    CAPTURE(name);
    const auto clip = Model::open(nano_folder(name));
    std::vector<std::string> names;
    for (const ExpectedWeight& weight : expected_weights(clip->config())) {
      CAPTURE(weight.name);
      names.push_back(weight.name);
      REQUIRE(clip->checkpoint().contains(weight.name));
      CHECK(clip->checkpoint().find(weight.name)->shape == weight.shape);
    }
    std::sort(names.begin(), names.end());
    CHECK(names == clip->checkpoint().names());
  }
}

TEST_CASE("expected_weights: KerasCV's parameter counts of the four presets", "[model]") {
  CHECK(parameters(sizes(768, 16, 224, 512, 512)) == 149'620'737);
  CHECK(parameters(sizes(768, 32, 224, 512, 512)) == 151'277'313);
  CHECK(parameters(sizes(1024, 14, 224, 768, 768)) == 427'616'513);
  CHECK(parameters(sizes(1024, 14, 336, 768, 768)) == 427'944'193);
}
