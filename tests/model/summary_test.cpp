// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/summary.h"

#include <string>

#include "support/catch.h"
#include "support/error_of.h"
#include "support/random_model.h"

using namespace sightline;
using namespace sightline::testing;
using Catch::Matchers::Contains;

namespace {

ModelConfig preset(std::int64_t vision_width, std::int64_t patch, std::int64_t image) {
  ModelConfig config;
  const bool large = vision_width == 1024;
  const std::int64_t text_width = large ? 768 : 512;
  config.projection_dim = text_width;
  config.vision.encoder = {vision_width, vision_width / 64, 4 * vision_width, large ? 24 : 12};
  config.vision.patch_size = patch;
  config.vision.image_size = image;
  config.text.encoder = {text_width, text_width / 64, 4 * text_width, 12};
  return config;
}

std::string summary_of(const ModelConfig& config, const SummaryOptions& options = {}) {
  return summary(config, random_model(config).weights, options);
}

}  // namespace

TEST_CASE("summary: totals of the four presets match KerasCV", "[model]") {
  const auto [config, total] = GENERATE(table<ModelConfig, std::string>({
      {preset(768, 16, 224), "149,620,737"},
      {preset(768, 32, 224), "151,277,313"},
      {preset(1024, 14, 224), "427,616,513"},
      {preset(1024, 14, 336), "427,944,193"},
  }));
  const std::string text = summary_of(config);
  CHECK_THAT(text, Contains("Total params: " + total + " ("));
  CHECK_THAT(text, Contains("Trainable params: " + total + " ("));
  CHECK_THAT(text, Contains("Non-trainable params: 0 (0.00 B)\n"));
}

TEST_CASE("summary: layers, output shapes and parameters are in columns", "[model]") {
  const std::string text = summary_of(small_config(), {.depth = 1});
  const std::string line(78, '-');
  CHECK(text == "layer                                       output shape            parameters\n" + line +
                    "\n"
                    "image_encoder                               (None, 24)                 499,200\n"
                    "text_encoder                                (None, 24)                  40,832\n"
                    "clip_head                                   (None, None)                     1\n" +
                    line +
                    "\n"
                    "Total params: 540,033 (2.06 MB)\n"
                    "Trainable params: 540,033 (2.06 MB)\n"
                    "Non-trainable params: 0 (0.00 B)\n");
  const std::string all = summary_of(small_config(), {.depth = 4, .with_weights = true});
  CHECK_THAT(all, Contains("\n" + std::string(4, ' ') + "residual_attention_2" + std::string(20, ' ') +
                           "(None, 9, 32)"));
  CHECK_THAT(all, Contains("clip_patch_embedding" + std::string(22, ' ') + "(None, 5, 128)"));
  CHECK_THAT(all, Contains("positional_embedding" + std::string(22, ' ') + "(9, 32)"));
  CHECK_THAT(all, Contains(". text_model.encoder.layers.2.mlp.fc2.weight"));
}

TEST_CASE("summary: every weight of the model is shown once", "[model]") {
  const ModelConfig config = small_config();
  const std::string all = summary_of(config, {.depth = 8, .with_weights = true});
  for (const ExpectedWeight& weight : expected_weights(config)) {
    const std::string line = ". " + weight.name + " ";
    const std::size_t first = all.find(line);
    CAPTURE(weight.name);
    REQUIRE(first != std::string::npos);
    CHECK(all.find(line, first + 1) == std::string::npos);
  }
  CHECK(error_of([&] { summary(config, Weights()); }).code == "MISSING");
}
