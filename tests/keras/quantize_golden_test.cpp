// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include "keras/golden_int8.h"
#include "keras/small_clip.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

constexpr double kScale = 0.0137;  // of the script

// Keras's weights, in its order.
void check_weights(const keras::Layer& layer, const Json& golden) {
  const std::vector<Json> expected = elements_of(golden.at("weights"));
  const auto weights = layer.weights();
  REQUIRE(weights.size() == expected.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    CHECK(path_below(layer, *weights[i]) == expected[i].at("path").as_string());
    check_weight(*weights[i], expected[i]);
  }
}

// The script's rows that are hard to quantize.
void make_hard(Tensor& matrix) {
  const TensorView<float> rows = matrix.view();
  for (float& value : rows.row(0)) value = 0;
  for (float& value : rows.row(1)) value *= 2e-9F;
  for (float& value : rows.row(2)) value *= 3e5F;
  for (std::size_t k = 0; k < rows.row(3).size(); ++k) rows.row(3)[k] = static_cast<float>(k) - 4.5F;
  rows.row(3)[0] = 127;
}

const keras::Variable* weight_of(const keras::Layer& layer, std::string_view name) {
  const auto weights = layer.weights();
  const auto at =
      std::ranges::find_if(weights, [&](const keras::Variable* weight) { return weight->name() == name; });
  return at == weights.end() ? nullptr : *at;
}

// The layer's matrix and what is around it, once it is quantized, against Keras's.
void check_quantized(keras::Layer& layer, const std::string& matrix, const Json& golden) {
  layer.quantize("int8");
  check_weights(layer, golden);
  CHECK(layer.count_params() == golden.at("count_params").as_integer());
  CHECK(layer.dtype_policy().name() == golden.at("policy").as_string());
  CHECK(golden.at("twice").as_string() == "ValueError");
  CHECK(error_of([&] { layer.quantize("int8"); }).code == "UNSUP");
  for (const keras::Variable* weight : layer.weights()) {
    if (weight->name() == matrix) CHECK(elements_of(*weight) == integers_of(golden.at("integers")));
    if (weight->name() == matrix + "_scale")
      check_same_bits(values_of(weight->value()), floats_of(golden.at("scales")));
  }
  keras::VariableStore store;
  layer.save_own_variables(store);
  const std::vector<std::string> order = names_of(golden.at("store"));
  REQUIRE(store.size() == order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Tensor expected = weight_of(layer, order[i])->value();
    const Tensor& stored = store.at(std::to_string(i));
    CHECK(stored.shape() == expected.shape());
    CHECK(stored.dtype() == expected.dtype());
    CHECK(std::ranges::equal(stored.bytes(), expected.bytes()));
  }
  std::ranges::fill(store.at("0").bytes(), std::byte{3});
  layer.load_own_variables(store);
  for (const keras::Variable* weight : layer.weights()) {
    if (weight->name() == matrix)
      CHECK(std::ranges::count(elements_of(*weight), 3) == weight->shape().elements());
  }
}

double relative_error(const std::vector<float>& actual, const std::vector<float>& expected) {
  double differences = 0, squares = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    differences += std::pow(double{actual[i]} - double{expected[i]}, 2);
    squares += std::pow(double{expected[i]}, 2);
  }
  return std::sqrt(differences / squares);
}

// Half a step of the engine's activations, and half a step of Keras's, times the weights: no output of int8
// may be further than that from an exact product with the integers.
void check_rounding_bound(const keras::Layer& dense, const Tensor& x, const std::vector<float>& outputs,
                          const std::vector<float>& of_keras) {
  const Tensor integers = weight_of(dense, "kernel")->value(),
               scales = weight_of(dense, "kernel_scale")->value();
  const keras::Variable* bias = weight_of(dense, "bias");
  const std::int64_t units = integers.shape()[0], in = integers.shape()[1];
  for (std::int64_t row = 0; row < x.view().rows(); ++row) {
    double largest = 0;
    for (const float value : x.view().row(row)) largest = std::max(largest, std::abs(double{value}));
    for (std::int64_t n = 0; n < units; ++n) {
      double sum = bias == nullptr ? 0 : double{bias->value().data()[n]}, absolute = std::abs(sum);
      for (std::int64_t k = 0; k < in; ++k) {
        const double weight = integers.data<std::int8_t>()[n * in + k] / double{scales.data()[n]};
        sum += weight * double{x.data()[row * in + k]};
        absolute += std::abs(weight);
      }
      const auto i = static_cast<std::size_t>(row * units + n);
      const double ours = largest * absolute / 255 * 1.001, theirs = largest * absolute / 254 * 1.001;
      CHECK(std::abs(double{outputs[i]} - sum) <= ours);
      CHECK(std::abs(double{outputs[i]} - double{of_keras[i]}) <= ours + theirs);
    }
  }
}

}  // namespace

TEST_CASE("quantize: Dense has Keras's weights, byte for byte, and its outputs", "[keras][golden]") {
  const std::vector<Json> layers = elements_of(golden_int8("layers"));
  for (const bool is_hard : {false, true}) {
    const Json& golden = layers.at(is_hard ? 1 : 0);
    const Json arguments = golden.at("arguments");
    const std::int64_t units = arguments.at("units").as_integer(), in = arguments.at("in").as_integer();
    keras::Dense dense({.units = units, .use_bias = arguments.at("use_bias").as_bool()}, {.name = "dense"});
    dense.build(Shape{-1, in});
    Tensor kernel = golden_values(is_hard ? 4 : 1, Shape{units, in}, kScale);
    if (is_hard) make_hard(kernel);
    dense.weights()[0]->assign(kernel);
    if (!is_hard) dense.weights()[1]->assign(golden_values(2, Shape{units}, kScale));
    const Tensor x = golden_values(is_hard ? 5 : 3, Shape{is_hard ? 2 : 3, in}, kScale);
    const std::vector<float> before = floats_of(golden.at("before")), after = floats_of(golden.at("after"));
    CHECK(relative_error(values_of(dense(x)), before) < 1e-6);

    dense.quantize("int8");
    const std::vector<float> quantized = values_of(dense(x));
    check_rounding_bound(dense, x, quantized, after);
    CHECK(relative_error(quantized, before) < 0.02);
    CHECK(relative_error(quantized, after) < 0.02);

    keras::Dense again({.units = units, .use_bias = arguments.at("use_bias").as_bool()}, {.name = "dense"});
    again.build(Shape{-1, in});
    again.weights()[0]->assign(kernel);
    check_quantized(again, "kernel", golden);
  }
}

TEST_CASE("quantize: Embedding has Keras's weights, byte for byte, and its outputs", "[keras][golden]") {
  const Json golden = elements_of(golden_int8("layers")).at(2);
  const std::int64_t rows = golden.at("arguments").at("input_dim").as_integer(),
                     width = golden.at("arguments").at("output_dim").as_integer();
  keras::Embedding embedding({.input_dim = rows, .output_dim = width}, {.name = "embedding"});
  Tensor table = golden_values(6, Shape{rows, width}, kScale);
  make_hard(table);
  embedding.weights()[0]->assign(table);
  const Tensor ids = ids_of(Shape{rows}, {0, 1, 2, 3, 4, 5});
  check_same_bits(values_of(embedding(ids)), floats_of(golden.at("before")));
  embedding.quantize("int8");
  const Tensor outputs = embedding(ids);
  const std::vector<float> after = floats_of(golden.at("after"));
  REQUIRE(outputs.shape() == Shape{rows, width});
  for (std::size_t i = 0; i < after.size(); ++i)
    CHECK(is_near(double{outputs.data()[i]}, double{after[i]}, 2e-7 * std::abs(double{after[i]})));
  keras::Embedding again({.input_dim = rows, .output_dim = width}, {.name = "embedding"});
  again.weights()[0]->assign(table);
  check_quantized(again, "embeddings", golden);
}

TEST_CASE("quantize: a layer made with the policy begins with Keras's weights", "[keras][golden]") {
  const std::vector<Json> layers = elements_of(golden_int8("of_policy"));
  keras::Dense dense({.units = 2}, {.name = "dense", .dtype = "int8_from_float32"});
  dense.build(Shape{-1, 3});
  keras::Embedding embedding({.input_dim = 4, .output_dim = 2},
                             {.name = "embedding", .dtype = "int8_from_float32"});
  std::size_t index = 0;
  for (keras::Layer* layer : std::initializer_list<keras::Layer*>{&dense, &embedding}) {
    const Json& golden = layers.at(index++);
    check_weights(*layer, golden);
    const std::vector<Json> values = elements_of(golden.at("values"));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const keras::Variable& weight = *layer->weights()[i];
      if (weight.dtype() == DType::i8) {
        CHECK(elements_of(weight) == integers_of(values[i]));
      } else {
        CHECK(values_of(weight.value()) == floats_of(values[i]));
      }
    }
    CHECK(golden.at("twice").as_string() == "ValueError");
    CHECK(error_of([&] { layer->quantize("int8"); }).code == "UNSUP");
  }
}

TEST_CASE("quantize: what Keras refuses is refused", "[keras][golden][error]") {
  const Json golden = golden_int8("refused");
  keras::Dense unbuilt({.units = 2}), dense({.units = 2});
  dense.build(Shape{-1, 2});
  keras::LayerNormalization norm({.epsilon = 1e-3});
  norm.build(Shape{-1, 4});
  keras::CLIPPatchingAndEmbedding patches(
      {.width = 8, .patch_size = 4, .input_resolution = 8, .output_dim = 8});
  CHECK(golden.at("not built").as_string() == "ValueError");
  CHECK(error_of([&] { unbuilt.quantize("int8"); }).code == "MISSING");
  CHECK(golden.at("another mode").as_string() == "ValueError");
  CHECK(error_of([&] { dense.quantize("int7"); }).code == "UNSUP");
  CHECK(golden.at("LayerNormalization").as_string() == "NotImplementedError");
  CHECK(error_of([&] { norm.quantize("int8"); }).code == "UNSUP");
  CHECK(golden.at("Conv2D").as_string() == "NotImplementedError");
  CHECK(error_of([&] { patches.get_layer("patch_embed.embedding").quantize("int8"); }).code == "UNSUP");
  CHECK(error_of([&] { patches.quantize("int8"); }).code == "UNSUP");
  // Here a layer of CLIP that is made of others can be quantized alone.
  CHECK(golden.at("CLIPAttention").as_string() == "NotImplementedError");
  keras::CLIPAttention attention({.proj_dim = 8, .num_heads = 2, .num_hidden_layers = 1});
  attention.quantize("int8");
  CHECK(attention.weights().size() == 12);
}
