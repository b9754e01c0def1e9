// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "keras/golden_clip.h"
#include "keras/small_clip.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

constexpr double kTolerance = 1e-6;

// The shape of a weight of KerasCV's here: kernels lie as [out, in], or as [out, channels, height, width].
std::vector<std::int64_t> here(std::vector<std::int64_t> shape, bool is_kernel) {
  if (!is_kernel) return shape;
  if (shape.size() == 2) return {shape[1], shape[0]};
  return {shape[3], shape[2], shape[0], shape[1]};
}

// Names, shapes, trainable rules, number and configuration of KerasCV's layer; sets the values of the golden.
void check_layer_and_set(keras::Layer& layer, const Json& golden) {
  std::map<std::string, keras::Variable*> weights;
  for (keras::Variable* weight : layer.weights())
    weights.emplace(weight->path().substr(layer.path().size() + 1), weight);
  CHECK(layer.count_params() == golden.at("count_params").as_integer());
  REQUIRE(std::ssize(weights) == golden.at("weights").size());
  std::int64_t t = 0;
  golden.at("weights").for_each_element([&](const Json& entry) {
    const std::string path(entry.at("path").as_string());
    INFO(path);
    REQUIRE(weights.contains(path));
    keras::Variable& weight = *weights.at(path);
    const std::vector<std::int64_t> shape = here(integers_of(entry.at("shape")), path.ends_with("/kernel"));
    CHECK(weight.shape() == Shape(std::span(shape)));
    CHECK(weight.trainable() == entry.at("trainable").as_bool());
    CHECK(weight.dtype() == DType::f32);
    if (path.ends_with("logit_scale")) {
      weight.assign(2.5F);
    } else {
      weight.assign(golden_values(t, weight.shape(), 1.0 / 256, path.ends_with("gamma") ? 1.0F : 0.0F));
    }
    ++t;
  });
  std::set<std::string> names, expected;
  for (const keras::Layer* child : layer.sublayers()) names.insert(child->name());
  for (const std::string& name : names_of(golden.at("sublayers"))) {
    if (name != "gelu") expected.insert(name);  // computed together with the layer before it
  }
  CHECK(names == expected);
}

// Every key of KerasCV's configuration is here, with its value.
void check_config(const keras::Layer& layer, const Json& golden) {
  const keras::LayerConfig config = layer.get_config();
  golden.at("config").for_each_member([&](std::string_view key, const Json& value) {
    if (key == "layers") key = "num_layers";  // the argument's name
    INFO(key);
    REQUIRE(config.contains(key));
    if (value.is_integer()) {
      CHECK(keras::config_value<std::int64_t>(config, key) == value.as_integer());
    } else {
      CHECK(keras::config_value<double>(config, key) == value.as_double());
    }
  });
}

std::int64_t argument(const Json& golden, const char* key) {
  return golden.at("arguments").at(key).as_integer();
}

template <class L, class Arguments>
void check_sequences(Arguments arguments, const Json& golden) {
  const Tensor x = golden_values(100, shape_of(golden.at("input_shape")), 1.0 / 64);
  for (const keras::Mask mask : {keras::Mask::none, keras::Mask::causal}) {
    arguments.mask = mask;
    L layer(arguments);
    check_layer_and_set(layer, golden);
    check_config(layer, golden);
    const Tensor y = layer(x);
    CHECK(y.shape() == shape_of(golden.at("output_shape")));
    CHECK(layer.compute_output_shape(x.shape()) == y.shape());
    check_near(values_of(y), floats_of(golden.at(mask == keras::Mask::none ? "none" : "causal")), kTolerance);
  }
}

}  // namespace

TEST_CASE("keras_cv: CLIPAttention has its weights and its numbers", "[keras][golden]") {
  const Json golden = golden_layer("CLIPAttention");
  check_sequences<keras::CLIPAttention>(
      keras::CLIPAttention::Arguments{.proj_dim = argument(golden, "proj_dim"),
                                      .num_heads = argument(golden, "num_heads"),
                                      .num_hidden_layers = argument(golden, "num_hidden_layers"),
                                      .dropout = golden.at("arguments").at("dropout").as_double()},
      golden);
}

TEST_CASE("keras_cv: ResidualAttention has its weights and its numbers", "[keras][golden]") {
  const Json golden = golden_layer("ResidualAttention");
  check_sequences<keras::ResidualAttention>(
      keras::ResidualAttention::Arguments{.proj_dim = argument(golden, "proj_dim"),
                                          .num_heads = argument(golden, "num_heads"),
                                          .num_hidden_layers = argument(golden, "num_hidden_layers")},
      golden);
}

TEST_CASE("keras_cv: CLIPEncoder has its weights and its numbers, at every position", "[keras][golden]") {
  const Json golden = golden_layer("CLIPEncoder");
  check_sequences<keras::CLIPEncoder>(
      keras::CLIPEncoder::Arguments{.width = argument(golden, "width"),
                                    .num_layers = argument(golden, "num_layers"),
                                    .heads = argument(golden, "heads")},
      golden);
}

TEST_CASE("keras_cv: CLIPImageEncoder and its embedding have their weights and numbers", "[keras][golden]") {
  const Json golden = golden_layer("CLIPImageEncoder");
  keras::CLIPImageEncoder encoder({.input_resolution = argument(golden, "input_resolution"),
                                   .patch_size = argument(golden, "patch_size"),
                                   .width = argument(golden, "width"),
                                   .num_layers = argument(golden, "num_layers"),
                                   .heads = argument(golden, "heads"),
                                   .output_dim = argument(golden, "output_dim")});
  check_layer_and_set(encoder, golden);
  check_config(encoder, golden);
  const Tensor images = golden_values(101, shape_of(golden.at("input_shape")), 1.0 / 64);
  const Tensor embeddings = encoder(images);
  CHECK(embeddings.shape() == shape_of(golden.at("output_shape")));
  check_near(values_of(embeddings), floats_of(golden.at("none")), kTolerance);
  const Tensor embedded = encoder.patching_and_embedding()(images);
  CHECK(embedded.shape() == Shape{2, 5, 8});
  check_near(values_of(embedded), floats_of(golden.at("patching_and_embedding")), kTolerance);
  const keras::LayerConfig config = encoder.patching_and_embedding().get_config();
  golden.at("patching_and_embedding_config").for_each_member([&](std::string_view key, const Json& value) {
    CHECK(keras::config_value<std::int64_t>(config, key) == value.as_integer());
  });
}

TEST_CASE("keras_cv: CLIPTextEncoder has its weights and its numbers, under a mask", "[keras][golden]") {
  const Json golden = golden_layer("CLIPTextEncoder");
  keras::CLIPTextEncoder encoder({.transformer_width = argument(golden, "transformer_width"),
                                  .transformer_layers = argument(golden, "transformer_layers"),
                                  .transformer_heads = argument(golden, "transformer_heads"),
                                  .vocab_size = argument(golden, "vocab_size"),
                                  .embed_dim = argument(golden, "embed_dim"),
                                  .context_length = argument(golden, "context_length")});
  check_layer_and_set(encoder, golden);
  check_config(encoder, golden);
  const Tensor ids = golden_rows(golden.at("token_ids"), DType::i32);
  const Tensor mask = golden_rows(golden.at("padding_mask"), DType::boolean);
  const Tensor embeddings = encoder(ids, mask);
  CHECK(embeddings.shape() == shape_of(golden.at("output_shape")));
  check_near(values_of(embeddings), floats_of(golden.at("none")), kTolerance);
  // The largest id ends a text, so that what follows it changes nothing.
  check_same_bits(values_of(encoder(ids)), values_of(embeddings));
}

TEST_CASE("keras_cv: CLIP has its weights, its configuration and its logits", "[keras][golden]") {
  const Json golden = golden_layer("CLIP");
  keras::LayerConfig arguments;
  golden.at("arguments").for_each_member([&](std::string_view key, const Json& value) {
    arguments.emplace(key, value.as_integer());
  });
  const auto clip = keras::CLIP::from_config(arguments);
  check_layer_and_set(*clip, golden);
  check_config(*clip, golden);
  const Tensor images = golden_values(102, shape_of(golden.at("input_shape")), 1.0 / 64);
  const Tensor ids = golden_rows(golden.at("token_ids"), DType::i32);
  const Tensor mask = golden_rows(golden.at("padding_mask"), DType::boolean);
  const auto [image_logits, text_logits] =
      (*clip)({.images = images, .token_ids = ids, .padding_mask = mask});
  // KerasCV's head squares in float32, where the norm of the batch is taken.
  check_near(values_of(image_logits), floats_of(golden.at("image_logits")), 4 * kTolerance);
  check_near(values_of(text_logits), floats_of(golden.at("text_logits")), 4 * kTolerance);
}

TEST_CASE("keras_cv: QuickGELU has its numbers", "[keras][golden]") {
  const Json golden = golden_clip().root().at("quick_gelu");
  keras::QuickGELU layer;
  const Tensor y = layer(golden_values(103, shape_of(golden.at("input_shape")), 1.0 / 16));
  check_near(values_of(y), floats_of(golden.at("none")), kTolerance);
}

TEST_CASE("keras_cv: CLIP's defaults and the parameters of the presets", "[keras][golden]") {
  const keras::LayerConfig defaults = keras::CLIPArguments{}.to_config();
  golden_clip().root().at("defaults").for_each_member([&](std::string_view key, const Json& value) {
    CHECK(keras::config_value<std::int64_t>(defaults, key) == value.as_integer());
  });
  golden_clip().root().at("presets").for_each_member([&](std::string_view name, const Json& parameters) {
    const auto clip = keras::CLIP::from_preset(std::string(name), {.load_weights = false});
    CHECK(clip->count_params() == parameters.as_integer());
  });
}
