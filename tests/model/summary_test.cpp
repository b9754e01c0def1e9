// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>
#include <utility>

#include "model/small_clip.h"
#include "sightline/model/summary.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;
using Catch::Matchers::Contains;

TEST_CASE("summary: totals of the four presets are KerasCV's", "[model]") {
  const auto [name, total] = GENERATE(table<std::string, std::string>({
      {"clip-vit-base-patch16", "149,620,737"},
      {"clip-vit-base-patch32", "151,277,313"},
      {"clip-vit-large-patch14", "427,616,513"},
      {"clip-vit-large-patch14-336", "427,944,193"},
  }));
  const auto clip = CLIP::from_preset(name, {.load_weights = false});
  const std::string text = summary(*clip);
  CHECK_THAT(text, Contains("Total params: " + total + " ("));
  CHECK_THAT(text, Contains("Trainable params: " + total + " ("));
  CHECK_THAT(text, Contains("Non-trainable params: 0 (0.00 B)\n"));
}

TEST_CASE("summary: layers, output shapes and parameters stand in columns", "[model]") {
  CLIP clip(kSmall);
  const std::string text = summary(clip, {.depth = 1});
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
  clip.text_encoder().set_trainable(false);
  const std::string all = summary(clip, {.depth = 4, .with_weights = true});
  CHECK_THAT(all, Contains("Non-trainable params: 40,832 ("));
  CHECK_THAT(all, Contains("\n" + std::string(4, ' ') + "residual_attention_2" + std::string(20, ' ') +
                           "(None, 9, 32)"));
  CHECK_THAT(all, Contains("clip_patch_embedding" + std::string(22, ' ') + "(None, 5, 128)"));
  CHECK_THAT(all, Contains("positional_embedding" + std::string(22, ' ') + "(9, 32)"));
  CHECK_THAT(all, Contains(". text_model.encoder.layers.2.mlp.fc2.weight"));
}

TEST_CASE("clip: initial weights are seeded and make finite embeddings", "[model]") {
  const CLIP first(kSmall), same(kSmall), other(kSmall, {.seed = 1});
  CHECK(embedded(first) == embedded(same));
  CHECK(embedded(first) != embedded(other));
  const auto again = CLIP::from_config(first.get_config());
  CHECK(again->get_config() == first.get_config());
  CHECK(embedded(*again) == embedded(first));
}

TEST_CASE("clip: a call gives logits of pictures and of texts", "[model]") {
  const CLIP clip(kSmall);
  Pass pass;
  TokenBatch texts;
  for (const std::vector<std::int32_t>& ids : {std::vector{48, 3, 49}, {48, 7, 8, 49}, {48, 49}})
    texts.add(ids);
  const CLIP::Logits logits = clip(pictures(clip, 2).view(), texts, pass.context);
  REQUIRE(logits.image_logits.shape() == Shape{2, 3});
  REQUIRE(logits.text_logits.shape() == Shape{3, 2});
  CHECK(logits.image_logits.data()[2] == logits.text_logits.data()[4]);
  for (int i = 0; i < 6; ++i) CHECK(std::abs(logits.image_logits.data()[i]) <= clip.head().logit_scale());
}

TEST_CASE("clip: sizes that make no model are refused", "[model][error]") {
  CLIPArguments wrong = kSmall;
  wrong.vision_width = 100;
  CHECK(error_of([&] { CLIP model(wrong); }) ==
        Failure{"RANGE", "vision_width: is 100, expected a multiple of the head width 64"});
  wrong = kSmall;
  wrong.transformer_heads = 5;
  CHECK(error_of([&] { CLIP model(wrong); }).message ==
        "num_heads: is 5, expected a divisor of the width 32");
  wrong = kSmall;
  wrong.vocab_size = 0;
  CHECK(error_of([&] { CLIP model(wrong); }).message == "vocab_size: is 0, expected 1 or more");
  const auto larger =
      CLIP::from_preset("clip-vit-base-patch32", {.load_weights = false, .input_shape = Shape{64, 64, 3}});
  CHECK(larger->config().vision.image_size == 64);
  CHECK(larger->image_encoder().tokens() == 5);
  CHECK(
      error_of([&] {
        CLIP::from_preset("clip-vit-base-patch32", {.load_weights = false, .input_shape = Shape{64, 32, 3}});
      }).code == "MISMATCH");
}
