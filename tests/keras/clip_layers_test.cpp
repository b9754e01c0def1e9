// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <string>

#include "keras/small_clip.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

Tensor counting(Shape shape) {
  Tensor x(shape);
  for (std::int64_t i = 0; i < x.view().elements(); ++i) x.data()[i] = static_cast<float>(i % 13) / 8 - 0.7F;
  return x;
}

template <class L>
void check_again(const L& layer) {
  const auto again = L::from_config(keras::config_from_json(keras::to_json(layer.get_config())));
  CHECK(again->get_config() == layer.get_config());
  CHECK(again->count_params() == layer.count_params());
}

}  // namespace

TEST_CASE("clip layers: arguments come back from get_config and make the same layer", "[keras]") {
  const keras::CLIPAttention attention(
      {.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 3, .dropout = 0.1, .mask = keras::Mask::causal});
  CHECK(std::get<double>(attention.get_config().at("dropout")) == 0.1);
  CHECK(attention.count_params() == 4 * (8 * 8 + 8));
  check_again(attention);
  const keras::ResidualAttention block({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 3});
  check_again(block);
  const keras::CLIPEncoder encoder({.width = 8, .num_layers = 3, .heads = 2});
  check_again(encoder);
  CHECK(encoder.count_params() == 3 * block.count_params());
  check_again(keras::CLIPImageEncoder(
      {.input_resolution = 8, .patch_size = 4, .width = 8, .num_layers = 1, .heads = 2, .output_dim = 3}));
  check_again(keras::CLIPTextEncoder({.transformer_width = 8,
                                      .transformer_layers = 1,
                                      .transformer_heads = 2,
                                      .vocab_size = 5,
                                      .embed_dim = 3,
                                      .context_length = 4}));
  check_again(
      keras::CLIPPatchingAndEmbedding({.width = 8, .patch_size = 4, .input_resolution = 9, .output_dim = 3}));
  check_again(keras::CLIPHead());
  check_again(keras::Embedding({.input_dim = 3, .output_dim = 4}));
  CHECK(error_of([&] { keras::CLIPEncoder::from_config({}); }).code == "MISSING");
}

TEST_CASE("clip layers: name, trainable and dtype are options that come back", "[keras][error]") {
  const keras::CLIPAttention attention({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 3},
                                       {.name = "multi_head_attention", .trainable = false});
  CHECK(attention.name() == "multi_head_attention");
  CHECK(attention.trainable_weights().empty());
  CHECK(attention.non_trainable_weights().size() == 8);
  const auto again = keras::CLIPAttention::from_config(attention.get_config());
  CHECK(again->get_config() == attention.get_config());
  CHECK(again->trainable_weights().empty());
  const keras::CLIPEncoder encoder({.width = 8, .num_layers = 1, .heads = 2}, {.name = "blocks"});
  CHECK(keras::CLIPEncoder::from_config(encoder.get_config())->path() == "blocks");
  CHECK(encoder.layer(0).path() == "blocks/residual_attention");
  CHECK(encoder.layer(0).weights().front()->path() == "blocks/residual_attention/ln_1/gamma");
  // What KerasCV's get_config gives has no "causal"; what has a default may be left out.
  const keras::LayerConfig keras_cv = {{"proj_dim", std::int64_t{8}},
                                       {"num_heads", std::int64_t{2}},
                                       {"num_hidden_layers", std::int64_t{3}},
                                       {"dtype", std::string("float32")}};
  CHECK(std::get<double>(keras::CLIPAttention::from_config(keras_cv)->get_config().at("dropout")) == 0);
  CHECK(keras::ResidualAttention::from_config(keras_cv)->count_params() == 872);
  const keras::LayerConfig base =
      keras::CLIP::from_config({{"vision_layers", std::int64_t{1}}})->get_config();
  CHECK(std::get<std::int64_t>(base.at("vision_layers")) == 1);
  CHECK(std::get<std::int64_t>(base.at("embed_dim")) == 512);
  CHECK(std::get<std::int64_t>(base.at("vision_heads")) == 12);
  CHECK(error_of([] { keras::CLIP::from_config({{"vision_layer", std::int64_t{1}}}); }).code == "UNSUP");
  CHECK(error_of([] { keras::CLIP::from_config({{"vision_layers", 1.5}}); }).code == "TYPE");
  CHECK(error_of([] {
          keras::CLIPEncoder({.width = 8, .num_layers = 1, .heads = 2}, {.dtype = "mixed_bfloat16"});
        }).code == "UNSUP");
  CHECK(error_of([] { keras::CLIP({}, {.dtype = "float16"}); }).code == "UNSUP");
}

TEST_CASE("clip layers: numbers that cannot be are refused", "[keras][error]") {
  const auto attention = [](const keras::CLIPAttention::Arguments& arguments) {
    return error_of([&] { keras::CLIPAttention layer(arguments); }).code;
  };
  CHECK(attention({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 1}).empty());
  CHECK(attention({.proj_dim = 8, .num_heads = 3, .num_hidden_layers = 1}) == "RANGE");
  CHECK(attention({.proj_dim = 8, .num_heads = 0, .num_hidden_layers = 1}) == "RANGE");
  CHECK(attention({.proj_dim = 0, .num_heads = 1, .num_hidden_layers = 1}) == "RANGE");
  CHECK(attention({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 0}) == "RANGE");
  for (const double dropout : {-0.1, 1.0, 2.0, std::numeric_limits<double>::quiet_NaN()})
    CHECK(attention({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 1, .dropout = dropout}) == "RANGE");
  CHECK(error_of([] {
          keras::ResidualAttention layer({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 0});
        }).code == "RANGE");
  CHECK(error_of([] {
          keras::ResidualAttention layer({.proj_dim = 8, .num_heads = 3, .num_hidden_layers = 1});
        }).code == "RANGE");
  CHECK(error_of([] { keras::CLIPEncoder layer({.width = 8, .num_layers = 0, .heads = 2}); }).code ==
        "RANGE");
  CHECK(error_of([] { keras::CLIPEncoder layer({.width = 8, .num_layers = 1, .heads = 3}); }).code ==
        "RANGE");
  CHECK(error_of([] {
          keras::CLIPImageEncoder layer({.input_resolution = 8,
                                         .patch_size = 9,
                                         .width = 8,
                                         .num_layers = 1,
                                         .heads = 2,
                                         .output_dim = 3});
        }).code == "RANGE");
  CHECK(error_of([] { keras::CLIPEncoder({.width = 8, .num_layers = 1, .heads = 2}).layer(1); }).code ==
        "RANGE");
}

TEST_CASE("clip layers: attention, block and encoder give every position of [B, L, W]", "[keras][error]") {
  keras::CLIPEncoder encoder({.width = 8, .num_layers = 3, .heads = 2, .mask = keras::Mask::causal});
  const Tensor x = counting(Shape{2, 5, 8});
  const Tensor y = encoder(x);
  CHECK(y.shape() == x.shape());
  CHECK(encoder.compute_output_shape(Shape{-1, -1, 8}) == Shape{-1, -1, 8});
  // One after the other, the blocks give the same.
  Tensor step = encoder.layer(0)(x);
  for (int i = 1; i < 3; ++i) step = encoder.layer(i)(step);
  check_same_bits(values_of(step), values_of(y));
  // Sequences do not feel each other; under the causal mask, a prefix gives the prefix.
  Tensor prefix(Shape{1, 3, 8});
  std::copy_n(x.data() + 5 * 8, 3 * 8, prefix.data());
  const Tensor short_y = encoder(prefix);
  check_same_bits(values_of(short_y), std::vector<float>(y.data() + 5 * 8, y.data() + 8 * 8));
  for (const Shape& wrong : {Shape{5, 8}, Shape{1, 5, 7}, Shape{8}, Shape{1, 2, 5, 8}}) {
    CHECK(error_of([&] { encoder(counting(wrong)); }).code == "MISMATCH");
    CHECK(error_of([&] { encoder.layer(0)(counting(wrong)); }).code == "MISMATCH");
    CHECK(error_of([&] { encoder.compute_output_shape(wrong); }).code == "MISMATCH");
    keras::CLIPAttention attention({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 1});
    CHECK(error_of([&] { attention(counting(wrong)); }).code == "MISMATCH");
  }
  CHECK(error_of([&] { encoder({x, x}); }).code == "UNSUP");
  CHECK(encoder(Tensor(Shape{0, 5, 8})).shape() == Shape{0, 5, 8});
  CHECK(encoder(Tensor(Shape{2, 0, 8})).shape() == Shape{2, 0, 8});
}

TEST_CASE("clip layers: two like layers begin with other weights", "[keras]") {
  const keras::CLIPAttention first({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 1});
  const keras::CLIPAttention second({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 1});
  CHECK(first.name() != second.name());
  CHECK(values_of(first.get_weights()[0]) != values_of(second.get_weights()[0]));
  CHECK(values_of(first.get_weights()[1]) == std::vector<float>(8, 0.0F));
}

TEST_CASE("clip layers: initial weights have CLIP's deviations", "[keras]") {
  const keras::CLIPEncoder encoder({.width = 64, .num_layers = 2, .heads = 2});
  const auto deviation = [](const keras::Variable& weight) {
    double sum = 0;
    for (const float value : values_of(weight.value()))
      sum += static_cast<double>(value) * static_cast<double>(value);
    return std::sqrt(sum / static_cast<double>(weight.shape().elements()));
  };
  const auto check = [&](const char* layer, double expected) {
    const keras::Layer& block = encoder.layer(1);
    for (const keras::Variable* weight : block.weights()) {
      if (weight->path().find(std::string("/") + layer + "/kernel") == std::string::npos) continue;
      CHECK(is_near(deviation(*weight), expected, 0.05 * expected));
    }
  };
  // Width 64 and two layers: 64^-1/2 (2 * 2)^-1/2 of the projections into heads, ...
  check("q_proj", 0.125 * 0.5);
  check("out_proj", 0.125);
  check("c_fc", std::pow(2 * 64, -0.5));
  check("c_proj", 0.125 * 0.5);
}

TEST_CASE("clip layers: stateless_call uses the values that it is given, and leaves the layer alone",
          "[keras]") {
  keras::CLIPAttention attention({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 1});
  keras::CLIPAttention other({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 1});
  const Tensor x = counting(Shape{1, 3, 8});
  const std::vector<float> before = values_of(attention(x)), expected = values_of(other(x));
  REQUIRE(before != expected);
  const auto result =
      attention.stateless_call(other.trainable_variables(), other.non_trainable_variables(), x);
  CHECK(values_of(result.outputs) == expected);
  CHECK(values_of(attention(x)) == before);
}

TEST_CASE("dense: builds at its first call and refuses another width", "[keras][error]") {
  keras::Dense dense({.units = 3});
  CHECK_FALSE(dense.built());
  CHECK(error_of([&] { dense(Tensor(Shape{})); }).code == "MISMATCH");
  CHECK(error_of([&] {
          dense(Tensor(Shape{2, 0}));
        }) ==
        Failure{"MISMATCH", dense.name() + ": is given the shape [2, 0], expected a last axis of 1 or more"});
  CHECK_FALSE(dense.built());
  CHECK(dense.weights().empty());
  keras::LayerNormalization norm;
  CHECK(error_of([&] { norm(Tensor(Shape{2, 0})); }).code == "MISMATCH");
  const Tensor x = counting(Shape{2, 2, 4});
  const Tensor y = dense(x);
  CHECK(y.shape() == Shape{2, 2, 3});
  REQUIRE(dense.weights().size() == 2);
  CHECK(dense.weights()[0]->path() == dense.name() + "/kernel");
  CHECK(dense.weights()[0]->shape() == Shape{3, 4});
  const Tensor kernel = dense.weights()[0]->value();
  double sum = 0;
  for (int k = 0; k < 4; ++k)
    sum += static_cast<double>(x.data()[4 + k]) * static_cast<double>(kernel.data()[4 + k]);
  CHECK(is_near(static_cast<double>(y.data()[4]), sum, 1e-6));
  dense.weights()[1]->assign(keras::ops::ones({3}));
  CHECK(is_near(static_cast<double>(dense(x).data()[4]), sum + 1, 1e-6));
  CHECK(error_of([&] { dense(counting(Shape{1, 5})); }).code == "MISMATCH");
  CHECK(dense.compute_output_shape(Shape{-1, 4}) == Shape{-1, 3});
  const auto again = keras::Dense::from_config(dense.get_config());
  CHECK(again->get_config() == dense.get_config());
  keras::Dense plain({.units = 2, .activation = "quick_gelu", .use_bias = false});
  plain.build(Shape{-1, 4});
  CHECK(plain.count_params() == 8);
  CHECK(error_of([] { keras::Dense wrong({.units = 0}); }).code == "RANGE");
  CHECK(error_of([] { keras::Dense wrong({.units = 1, .activation = "softmax"}); }).code == "UNSUP");
}

TEST_CASE("layer normalization and embedding: as Keras's", "[keras][error]") {
  keras::LayerNormalization norm({.epsilon = 1e-5});
  const Tensor y = norm(counting(Shape{2, 8}));
  double sum = 0, squares = 0;
  for (int i = 0; i < 8; ++i) {
    sum += static_cast<double>(y.data()[i]);
    squares += static_cast<double>(y.data()[i]) * static_cast<double>(y.data()[i]);
  }
  CHECK(is_near(sum, 0, 1e-5));
  CHECK(is_near(squares / 8, 1, 1e-3));
  CHECK(norm.weights()[0]->name() == "gamma");
  CHECK(norm.weights()[1]->name() == "beta");
  norm.weights()[1]->assign(keras::ops::ones({8}));
  CHECK(is_near(static_cast<double>(norm(counting(Shape{2, 8})).data()[0]),
                static_cast<double>(y.data()[0]) + 1, 1e-5));
  CHECK(error_of([&] { norm(counting(Shape{2, 7})); }).code == "MISMATCH");
  CHECK(keras::LayerNormalization::from_config(norm.get_config())->get_config() == norm.get_config());
  CHECK(std::get<double>(keras::LayerNormalization().get_config().at("epsilon")) == 1e-3);
  CHECK(error_of([] { keras::LayerNormalization wrong({.epsilon = 0}); }).code == "RANGE");
  const keras::Embedding table({.input_dim = 3, .output_dim = 4});
  const Tensor rows = table(ids_of(Shape{1, 2}, {2, 0}));
  CHECK(rows.shape() == Shape{1, 2, 4});
  const Tensor values = table.weights().front()->value();
  CHECK(std::equal(rows.data(), rows.data() + 4, values.data() + 8));
  CHECK(error_of([&] { table(ids_of(Shape{1}, {3})); }).code == "RANGE");
  CHECK(error_of([&] { table(ids_of(Shape{1}, {-1})); }).code == "RANGE");
}

TEST_CASE("clip head: takes images and texts, each row divided by its own norm", "[keras][error]") {
  keras::CLIPHead head;
  const Tensor images = counting(Shape{2, 4}), texts = counting(Shape{3, 4});
  const Tensor logits = head({images, texts});
  CHECK(logits.shape() == Shape{2, 3});
  CHECK(is_near(static_cast<double>(logits.data()[0]), static_cast<double>(head.logit_scale()),
                1e-4));  // the same row
  CHECK(error_of([&] { head({images, counting(Shape{3, 5})}); }).code == "MISMATCH");
  CHECK(error_of([&] { head(images); }).code == "UNSUP");
  CHECK(head.compute_output_shape(Shape{2, 4}) == Shape{2, -1});
}
