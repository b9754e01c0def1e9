#include <cmath>
#include <string>
#include <utility>

#include "sightline/model/summary.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;
using Catch::Matchers::Contains;

namespace {

// Small, and what no default is.
const CLIPArguments kSmall = {.embed_dim = 24,
                              .image_resolution = 32,
                              .vision_layers = 2,
                              .vision_width = 128,
                              .vision_patch_size = 16,
                              .context_length = 9,
                              .vocab_size = 50,
                              .transformer_width = 32,
                              .transformer_heads = 2,
                              .transformer_layers = 3};

struct Pass {
  ThreadPool pool{1};
  Scratch scratch;
  Context context{pool, scratch};
};

Tensor pictures(const CLIP& clip, std::int64_t count) {
  Tensor pixels(Shape{count, clip.processor().pixel_count()});
  for (std::int64_t i = 0; i < pixels.view().elements(); ++i)
    pixels.data()[i] = static_cast<float>(i % 251) / 125 - 1;
  return pixels;
}

std::vector<float> embedded(const CLIP& clip) {
  Pass pass;
  Tensor out(Shape{2, clip.embedding_size()});
  clip.encode_images(pictures(clip, 2).view(), out.view(), pass.context);
  return {out.data(), out.data() + out.view().elements()};
}

}  // namespace

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
                    "clip_image_encoder                          (None, 24)                 499,200\n"
                    "clip_text_encoder                           (None, 24)                  40,832\n"
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
  CHECK_THAT(all, Contains("clip_patching_and_embedding" + std::string(15, ' ') + "(None, 5, 128)"));
  CHECK_THAT(all, Contains("embedding_1" + std::string(31, ' ') + "(9, 32)"));
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

TEST_CASE("clip: set_weights reaches every product, and what was set comes back", "[model]") {
  CLIP first(kSmall), other(kSmall, {.seed = 1});
  const std::vector<float> expected = embedded(first), before = embedded(other);
  REQUIRE(before != expected);
  other.image_encoder().set_weights(first.image_encoder().get_weights());
  CHECK(embedded(other) == expected);
  CHECK(embedded(other) == expected);  // once more: from panels that are kept
  Variable& projection = *other.image_encoder().weights().back();
  Tensor doubled = projection.value();
  for (float& value : doubled.view().flat()) value *= 2;
  projection.assign(doubled);
  std::vector<float> twice = expected;
  for (float& value : twice) value *= 2;
  CHECK(embedded(other) == twice);
  other.head().weights().front()->assign(0.0F);
  CHECK(other.head().logit_scale() == 1);
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

TEST_CASE("layers: KerasCV's arguments come back from get_config and make the same layer", "[model]") {
  const CLIPAttention attention({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 3, .dropout = 0.1});
  const auto attention_again = CLIPAttention::from_config(attention.get_config());
  CHECK(attention_again->get_config() == attention.get_config());
  CHECK(std::get<double>(attention.get_config().at("dropout")) == 0.1);
  CHECK(attention.count_params() == 4 * (8 * 8 + 8));
  const ResidualAttention block({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 3});
  CHECK(ResidualAttention::from_config(block.get_config())->get_config() == block.get_config());
  const CLIPEncoder encoder({.width = 8, .num_layers = 3, .heads = 2});
  CHECK(CLIPEncoder::from_config(encoder.get_config())->get_config() == encoder.get_config());
  CHECK(encoder.count_params() == 3 * block.count_params());
  const CLIPImageEncoder image(
      {.input_resolution = 8, .patch_size = 4, .width = 8, .num_layers = 1, .heads = 2, .output_dim = 3});
  CHECK(CLIPImageEncoder::from_config(image.get_config())->get_config() == image.get_config());
  CHECK(image.compute_output_shape(Shape{5, 3, 8, 8}) == Shape{5, 3});
  const CLIPTextEncoder text({.transformer_width = 8,
                              .transformer_layers = 1,
                              .transformer_heads = 2,
                              .vocab_size = 5,
                              .embed_dim = 3,
                              .context_length = 4});
  CHECK(CLIPTextEncoder::from_config(text.get_config())->get_config() == text.get_config());
  CHECK(error_of([&] { CLIPEncoder::from_config({}); }).message ==
        "width: is not in the configuration of the layer");
}
