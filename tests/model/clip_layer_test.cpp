// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "model/small_clip.h"
#include "sightline/nn/quick_gelu.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

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

TEST_CASE("clip: is a layer of the towers and the head", "[model]") {
  CLIP clip(kSmall);
  CHECK(clip.count_params() == 540033);
  CHECK(clip.sublayers().size() == 3);
  CHECK(clip.image_encoder().path() == "clip/image_encoder");
  const std::vector<float> before = embedded(clip);
  CLIP other(kSmall, {.seed = 1, .name = "other", .trainable = false});
  CHECK(other.trainable_weights().empty());
  clip.set_weights(other.get_weights());
  CHECK(embedded(clip) == embedded(other));
  CHECK(embedded(clip) != before);
  const auto again = CLIP::from_config(other.get_config());
  CHECK(again->name() == "other");
  CHECK_FALSE(again->trainable());
  CHECK(again->get_config() == other.get_config());
}

TEST_CASE("clip: layers carry KerasCV's names", "[model]") {
  const CLIP clip(kSmall);
  std::vector<std::string> names;
  for (const Layer* tower : clip.sublayers()) {
    for (const Layer* layer : tower->sublayers()) names.push_back(layer->path());
  }
  CHECK(names ==
        std::vector<std::string>{"clip/image_encoder/clip_patch_embedding", "clip/image_encoder/ln_1",
                                 "clip/image_encoder/clip_encoder", "clip/image_encoder/ln_2",
                                 "clip/image_encoder/vision_projector", "clip/text_encoder/token_embedding",
                                 "clip/text_encoder/positional_embedding", "clip/text_encoder/clip_encoder",
                                 "clip/text_encoder/ln_final", "clip/text_encoder/text_projector"});
  names.clear();
  const Layer& block = clip.image_encoder().encoder().layer(1);
  for (const Layer* layer : block.sublayers()) names.push_back(layer->name());
  for (const Layer* layer : block.sublayers()[1]->sublayers()) names.push_back(layer->name());
  CHECK(block.path() == "clip/image_encoder/clip_encoder/residual_attention_1");
  CHECK(names == std::vector<std::string>{"ln_1", "multi_head_attention", "ln_2", "c_fc", "c_proj", "q_proj",
                                          "k_proj", "v_proj", "out_proj"});
}

TEST_CASE("clip: a file that is mapped is not touched by set_weights", "[model]") {
  const auto clip = CLIP::from_preset(std::string(SIGHTLINE_DATA_DIR) + "/golden/model/nano_f16");
  Pass pass;
  TokenBatch texts;
  texts.add(std::vector<std::int32_t>{1, 2, 599});
  const auto answer = [&] {
    Tensor out(Shape{1, clip->embedding_size()});
    clip->encode_texts(texts, out.view(), pass.context);
    return std::vector<float>(out.data(), out.data() + clip->embedding_size());
  };
  const std::string name = "text_projection.weight";
  const ByteView stored = clip->checkpoint().find(name)->bytes();
  const std::vector<std::byte> before(stored.begin(), stored.end());
  const std::vector<float> first = answer();
  REQUIRE(answer() == first);
  std::vector<Tensor> values = clip->text_encoder().get_weights();
  const std::vector<Tensor> kept = clip->text_encoder().get_weights();
  for (float& value : values.back().view().flat()) value *= -1;
  clip->text_encoder().set_weights(values);
  std::vector<float> turned = answer();
  CHECK(turned == answer());
  for (float& value : turned) value *= -1;
  CHECK(turned == first);
  CHECK(std::equal(before.begin(), before.end(), clip->checkpoint().find(name)->bytes().begin()));
  clip->text_encoder().set_weights(kept);
  CHECK(answer() == first);
}

TEST_CASE("clip: shapes that are no pictures or embeddings of the model are refused", "[model][error]") {
  const CLIP clip(kSmall);
  Pass pass;
  Tensor out(Shape{1, 24}), narrow(Shape{1, 23});
  const Tensor pixels = pictures(clip, 1), few(Shape{1, 100});
  CHECK(error_of([&] { clip.encode_images(few.view(), out.view(), pass.context); }) ==
        Failure{"MISMATCH", "image_encoder: is given pixels of shape [1, 100], expected [1, 3072]"});
  CHECK(error_of([&] { clip.encode_images(pixels.view(), narrow.view(), pass.context); }).message ==
        "image_encoder: is given embeddings of shape [1, 23], expected [1, 24]");
  TokenBatch texts;
  texts.add(std::vector<std::int32_t>{48, 49});
  texts.add(std::vector<std::int32_t>{48, 49});
  CHECK(error_of([&] { clip.encode_texts(texts, out.view(), pass.context); }).message ==
        "text_encoder: is given embeddings of shape [1, 24], expected [2, 24]");
  Tensor logits(Shape{1, 1});
  CHECK(error_of([&] { clip.head()(out.view(), narrow.view(), logits.view()); }).message ==
        "clip_head: is given texts of shape [1, 23], expected [1, 24]");
  CHECK(error_of([&] { clip.head()(out.view(), out.view(), out.view()); }).message ==
        "clip_head: is given logits of shape [1, 24], expected [1, 1]");
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

TEST_CASE("layers: name, trainable and dtype are arguments that come back, others are refused",
          "[model][error]") {
  const CLIPAttention attention({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 3},
                                {.name = "multi_head_attention", .trainable = false});
  CHECK(attention.name() == "multi_head_attention");
  CHECK(attention.trainable_weights().empty());
  CHECK(attention.non_trainable_weights().size() == 8);
  const auto again = CLIPAttention::from_config(attention.get_config());
  CHECK(again->get_config() == attention.get_config());
  CHECK(again->trainable_weights().empty());
  const ResidualAttention block({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 1},
                                {.trainable = false});
  CHECK(ResidualAttention::from_config(block.get_config())->trainable_weights().empty());
  const CLIPEncoder encoder({.width = 8, .num_layers = 1, .heads = 2}, {.name = "blocks"});
  CHECK(CLIPEncoder::from_config(encoder.get_config())->path() == "blocks");
  CHECK(encoder.layer(0).path() == "blocks/residual_attention");
  const QuickGELU gelu("mixed_bfloat16", "gelu", false);
  CHECK(QuickGELU::from_config(gelu.get_config())->get_config() == gelu.get_config());
  // What KerasCV's get_config gives has no "causal"; what has a default may be left out.
  const LayerConfig keras_cv = {{"proj_dim", std::int64_t{8}},
                                {"num_heads", std::int64_t{2}},
                                {"num_hidden_layers", std::int64_t{3}},
                                {"dtype", std::string("float32")}};
  CHECK(std::get<double>(CLIPAttention::from_config(keras_cv)->get_config().at("dropout")) == 0);
  CHECK(ResidualAttention::from_config(keras_cv)->count_params() == 872);
  const LayerConfig base = CLIP::from_config({{"vision_layers", std::int64_t{1}}})->get_config();
  CHECK(std::get<std::int64_t>(base.at("vision_layers")) == 1);
  CHECK(std::get<std::int64_t>(base.at("embed_dim")) == 512);
  CHECK(error_of([] {
          CLIP::from_config({{"vision_layer", std::int64_t{1}}});
        }) == Failure{"UNSUP", "vision_layer: is not an argument of the layer"});
  CHECK(error_of([] {
          CLIPEncoder::from_config({{"width", std::int64_t{8}},
                                    {"num_layers", std::int64_t{1}},
                                    {"heads", std::int64_t{2}},
                                    {"dtype", std::string("mixed_bfloat16")}});
        }) == Failure{"UNSUP", "clip_encoder: is given the dtype mixed_bfloat16, computes in float32 alone"});
}
