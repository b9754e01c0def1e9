// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>
#include <thread>

#include "keras/small_clip.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using Catch::Matchers::Contains;

namespace {

std::vector<float> logits_of(const keras::CLIP& clip, const Tensor& ids) {
  return values_of(
      clip({.images = some_images(2, clip.arguments().image_resolution), .token_ids = ids}).image_logits);
}

}  // namespace

TEST_CASE("clip: from_config of the demo model's get_config is the same model, every bit", "[keras]") {
  const auto demo = keras::CLIP::from_preset("");
  const auto again = keras::CLIP::from_config(demo->get_config());
  CHECK(again->count_params() == demo->count_params());
  CHECK(again->count_params() == 2931713);
  CHECK(again->get_config() == demo->get_config());
  again->set_weights(demo->get_weights());
  const auto tokens = demo->processor()({"a photo of a cat", "a dog", "two red squares"});
  const Tensor images = some_images(2, demo->arguments().image_resolution);
  const auto [first, first_text] =
      (*demo)({.images = images, .token_ids = tokens.token_ids, .padding_mask = tokens.padding_mask});
  const auto [second, second_text] =
      (*again)({.images = images, .token_ids = tokens.token_ids, .padding_mask = tokens.padding_mask});
  CHECK(first.shape() == Shape{2, 3});
  check_same_bits(values_of(second), values_of(first));
  check_same_bits(values_of(second_text), values_of(first_text));
  // The engine's own answer.
  const auto engine = CLIP::from_preset("");
  const Tensor cosine =
      cosines(engine->encode_images(images),
              engine->encode_texts(engine->processor()({"a photo of a cat", "a dog", "two red squares"})));
  for (int i = 0; i < 6; ++i)
    CHECK(std::abs(first.data()[i] - engine->logit_scale() * cosine.data()[i]) < 1e-4F);
}

TEST_CASE("clip: towers are made again from their configurations, every bit", "[keras]") {
  keras::CLIPArguments other = kSmall;
  other.vision_heads = 4;
  other.vision_mlp_width = 100;
  other.transformer_mlp_width = 72;
  other.vision_activation = "gelu";
  other.vision_epsilon = 1e-3;
  other.transformer_epsilon = 1e-6;
  other.eos_token_id = 7;
  keras::CLIP clip(other);
  CHECK(clip.get_config().at("vision_heads") == keras::ConfigValue(std::int64_t{4}));
  CHECK(clip.get_config().at("eos_token_id") == keras::ConfigValue(std::int64_t{7}));
  CHECK(clip.get_config().at("transformer_epsilon") == keras::ConfigValue(1e-6));
  CHECK(clip.get_config().at("transformer_activation") == keras::ConfigValue(std::string("quick_gelu")));
  const auto again = keras::CLIP::from_config(keras::config_from_json(keras::to_json(clip.get_config())));
  CHECK(again->get_config() == clip.get_config());
  again->set_weights(clip.get_weights());
  const Tensor ids = ids_of(Shape{2, 4}, {48, 7, 49, 3, 48, 30, 2, 7});
  check_same_bits(logits_of(*again, ids), logits_of(clip, ids));
  const auto image = keras::CLIPImageEncoder::from_config(clip.image_encoder().get_config());
  image->set_weights(clip.image_encoder().get_weights());
  check_same_bits(values_of((*image)(some_images(2))), values_of(clip.image_encoder()(some_images(2))));
  const auto text = keras::CLIPTextEncoder::from_config(clip.text_encoder().get_config());
  text->set_weights(clip.text_encoder().get_weights());
  check_same_bits(values_of((*text)(ids)), values_of(clip.text_encoder()(ids)));
  const auto encoder = keras::CLIPEncoder::from_config(clip.image_encoder().encoder().get_config());
  encoder->set_weights(clip.image_encoder().encoder().get_weights());
  const Tensor x = keras::ops::ones({1, 3, 128});
  check_same_bits(values_of((*encoder)(x)), values_of(clip.image_encoder().encoder()(x)));
  const auto block = keras::ResidualAttention::from_config(encoder->layer(1).get_config());
  block->set_weights(encoder->layer(1).get_weights());
  check_same_bits(values_of((*block)(x)), values_of(encoder->layer(1)(x)));
}

TEST_CASE("clip: a text ends at its end's id where one is given, else at its largest", "[keras]") {
  keras::CLIPArguments arguments = kSmall;
  keras::CLIP largest(arguments);
  arguments.eos_token_id = 7;
  keras::CLIP ending(arguments);
  ending.set_weights(largest.get_weights());
  const Tensor both = ids_of(Shape{1, 4}, {48, 7, 49, 7}), cut = ids_of(Shape{1, 2}, {48, 7});
  const Tensor to_49 = ids_of(Shape{1, 3}, {48, 7, 49});
  check_same_bits(logits_of(ending, both), logits_of(ending, cut));
  check_same_bits(logits_of(largest, both), logits_of(largest, to_49));
  CHECK(logits_of(ending, both) != logits_of(largest, both));
}

TEST_CASE("clip: set_weights and assign reach every product", "[keras]") {
  keras::CLIP first(kSmall), other(kSmall);
  const std::vector<float> expected = embedded(first), before = embedded(other);
  REQUIRE(before != expected);  // two models never begin alike
  other.image_encoder().set_weights(first.image_encoder().get_weights());
  CHECK(embedded(other) == expected);
  CHECK(embedded(other) == expected);  // once more: from panels that are kept
  keras::Variable& projection = *other.image_encoder().weights().back();
  CHECK(projection.path() == other.name() + "/image_encoder/vision_projector/kernel");
  Tensor doubled = projection.value();
  for (float& value : doubled.view().flat()) value *= 2;
  projection.assign(doubled);
  std::vector<float> twice = expected;
  for (float& value : twice) value *= 2;
  CHECK(embedded(other) == twice);
  other.head().weights().front()->assign(0.0F);
  CHECK(other.head().logit_scale() == 1);
  CHECK(error_of([&] { other.set_weights({}); }).code == "MISMATCH");
}

TEST_CASE("clip: is a layer of the towers and the head, with a summary", "[keras]") {
  keras::CLIP clip(kSmall, {.name = "small", .trainable = false});
  CHECK(clip.built());
  CHECK(clip.count_params() == 540033);
  CHECK(clip.sublayers().size() == 3);
  CHECK(&clip.get_layer("text_encoder") == &clip.text_encoder());
  CHECK(&clip.get_layer("clip_head") == &clip.head());
  CHECK(clip.image_encoder().path() == "small/image_encoder");
  CHECK(clip.trainable_weights().empty());
  CHECK(clip.non_trainable_weights().size() == clip.weights().size());
  clip.text_encoder().set_trainable(true);
  CHECK(clip.trainable_weights().empty());  // the layer around decides
  clip.set_trainable(true);
  clip.text_encoder().set_trainable(false);
  const std::string text = clip.summary();
  CHECK_THAT(text, Contains("small" + std::string(39, ' ') + "(None, None)"));
  CHECK_THAT(text, Contains("  image_encoder"));
  CHECK_THAT(text, Contains("(None, 24)"));
  CHECK_THAT(text, Contains("Total params: 540,033 (2.06 MB)"));
  CHECK_THAT(text, Contains("Non-trainable params: 40,832 ("));
  const auto again = keras::CLIP::from_config(clip.get_config());
  CHECK(again->name() == "small");
  CHECK(again->get_config() == clip.get_config());
  CHECK(error_of([&] { clip.head().quantize("int8"); }).code == "UNSUP");
  CHECK_THAT(error_of([&] { clip.image_encoder().quantize("float8"); }).message, Contains("float8"));
}

TEST_CASE("clip: shows the layers below in a summary, with their weights", "[keras]") {
  const keras::CLIP clip(kSmall);
  const std::string all = clip.summary({.depth = 5, .with_weights = true});
  CHECK_THAT(all, Contains("residual_attention_2"));
  CHECK_THAT(all, Contains("(None, 5, 128)"));
  CHECK_THAT(all, Contains("(9, 32)"));
  CHECK_THAT(all, Contains("/text_encoder/clip_encoder/residual_attention_2/c_proj/kernel"));
}

TEST_CASE("clip: layers have KerasCV's names", "[keras]") {
  const keras::CLIP clip(kSmall, {.name = "clip"});
  std::vector<std::string> names;
  for (const keras::Layer* tower : clip.sublayers()) {
    for (const keras::Layer* layer : tower->sublayers()) names.push_back(layer->path());
  }
  CHECK(names ==
        std::vector<std::string>{"clip/image_encoder/clip_patch_embedding", "clip/image_encoder/ln_1",
                                 "clip/image_encoder/clip_encoder", "clip/image_encoder/ln_2",
                                 "clip/image_encoder/vision_projector", "clip/text_encoder/token_embedding",
                                 "clip/text_encoder/positional_embedding", "clip/text_encoder/clip_encoder",
                                 "clip/text_encoder/ln_final", "clip/text_encoder/text_projector"});
  names.clear();
  const keras::Layer& block = clip.image_encoder().encoder().layer(1);
  for (const keras::Layer* layer : block.sublayers()) names.push_back(layer->name());
  for (const keras::Layer* layer : block.sublayers()[1]->sublayers()) names.push_back(layer->name());
  CHECK(block.path() == "clip/image_encoder/clip_encoder/residual_attention_1");
  CHECK(names == std::vector<std::string>{"ln_1", "multi_head_attention", "ln_2", "c_fc", "c_proj", "q_proj",
                                          "k_proj", "v_proj", "out_proj"});
}

TEST_CASE("clip: a preset without weights, with a seed, a name and a size of images", "[keras][error]") {
  const auto one = keras::CLIP::from_preset("clip-vit-base-patch32", {.load_weights = false,
                                                                      .input_shape = Shape{64, 64, 3},
                                                                      .seed = 3,
                                                                      .name = "mine",
                                                                      .trainable = false});
  CHECK(one->name() == "mine");
  CHECK(one->trainable_weights().empty());
  CHECK(one->image_encoder().tokens() == 5);
  CHECK(one->image_encoder().compute_output_shape(Shape{-1, 3, 64, 64}) == Shape{-1, 512});
  const auto refused = [](const keras::PresetOptions& options) {
    return error_of([&] { keras::CLIP::from_preset("clip-vit-base-patch32", options); }).code;
  };
  CHECK(refused({.load_weights = false, .input_shape = Shape{64, 32, 3}}) == "MISMATCH");
  CHECK(refused({.load_weights = false, .input_shape = Shape{64, 64}}) == "MISMATCH");
  CHECK(refused({.load_weights = false, .input_shape = Shape{16, 16, 3}}) == "RANGE");
  CHECK(error_of([] {
          keras::CLIP::from_preset("clip-vit-base-patch32",
                                   {.load_weights = false, .input_shape = Shape{5000, 5000, 3}});
        }) == Failure{"RANGE", "input_shape: is 5000, expected at most 4096"});
  CHECK(error_of([] { keras::CLIP::from_preset("no-such-model"); }).code == "MISSING");
  CHECK(error_of([] { keras::CLIP::from_preset("", {.input_shape = Shape{8, 8, 3}}); }).code == "MISMATCH");
  // Of a model that is there: its sizes, its tokenizer, other weights; the same seed, the same weights.
  const auto demo = keras::CLIP::from_preset(""),
             other = keras::CLIP::from_preset("", {.load_weights = false, .seed = 1});
  const auto same = keras::CLIP::from_preset("", {.load_weights = false, .seed = 1});
  const auto unseeded = keras::CLIP::from_preset("", {.load_weights = false});
  CHECK(other->count_params() == demo->count_params());
  CHECK(embedded(*other) == embedded(*same));
  CHECK(embedded(*other) != embedded(*demo));
  CHECK(embedded(*other) != embedded(*unseeded));
  CHECK(other->processor()("a cat").token_ids.shape() == demo->processor()("a cat").token_ids.shape());
}

TEST_CASE("clip: a file that is mapped is not touched by set_weights", "[keras]") {
  const auto clip = keras::CLIP::from_preset(data_path("golden/model/nano_f16"));
  CHECK(clip->text_encoder().weights().back()->dtype() == DType::f16);
  const Tensor ids = ids_of(Shape{1, 3}, {1, 2, 599});
  const auto answer = [&] { return values_of(clip->text_encoder()(ids)); };
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
  clip->text_encoder().set_weights(kept);
  CHECK(answer() == first);
  const auto again = keras::CLIP::from_preset(data_path("golden/model/nano_f16"));
  CHECK(values_of(again->text_encoder()(ids)) == first);
}

TEST_CASE("clip: weights go through a file into another object, every bit", "[keras]") {
  const TempFolder folder;
  const std::string path = folder / "small.safetensors";
  keras::CLIP first(kSmall), second(kSmall);
  const Tensor ids = ids_of(Shape{1, 3}, {48, 3, 49});
  REQUIRE(logits_of(first, ids) != logits_of(second, ids));
  first.save_weights(path);
  second.load_weights(path);
  check_same_bits(logits_of(second, ids), logits_of(first, ids));
}

TEST_CASE("clip: one model answers several threads at once, with the same bits", "[keras]") {
  const keras::CLIP clip(kSmall);
  const Tensor ids = ids_of(Shape{1, 3}, {48, 3, 49});
  std::vector<std::vector<float>> answers(4);
  std::vector<std::thread> threads;
  for (std::vector<float>& answer : answers)
    threads.emplace_back([&clip, &ids, &answer] { answer = logits_of(clip, ids); });
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<float>& answer : answers) CHECK(answer == answers.front());
  CHECK(answers.front() == logits_of(clip, ids));
}
