// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sightline/nn/tensor_layer.h"
#include "sightline/ops/matmul.h"
#include "sightline/tensor/dtype_conversion.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

// y = w . x + b, as the page of Keras's base Layer shows it. docs/adding.md explains it.
class SimpleDense : public TensorLayer {
 public:
  explicit SimpleDense(std::int64_t units = 32, const DTypePolicy& dtype = {})
      : TensorLayer("simple_dense", dtype), units_(units) {}

  // Creates the state of the layer (weights).
  void build(const Shape& input_shape) override {
    kernel_ = &add_weight(
        {.shape = {input_shape.last(), units_}, .initializer = "glorot_uniform", .name = "kernel"});
    bias_ = &add_weight({.shape = {units_}, .initializer = "zeros", .name = "bias"});
    TensorLayer::build(input_shape);
  }

  // Defines the computation.
  Tensor call(TensorView<const float> inputs) override {
    Tensor y(compute_output_shape(inputs.shape()));
    const Tensor kernel = kernel_->value(), bias = bias_->value();
    const std::int64_t in = inputs.columns();
    matmul_nn(inputs.data(), kernel.data(), y.data(), {inputs.rows(), units_, in, in, units_, units_});
    for (std::int64_t r = 0; r < y.view().rows(); ++r)
      for (std::int64_t i = 0; i < units_; ++i) y.data()[r * units_ + i] += bias.data()[i];
    return y;
  }

  Shape compute_output_shape(const Shape& input_shape) const override {
    return input_shape.with_last(units_);
  }
  LayerConfig get_config() const override {
    LayerConfig config = TensorLayer::get_config();
    config["units"] = units_;
    return config;
  }
  static std::unique_ptr<SimpleDense> from_config(const LayerConfig& config) {
    return std::make_unique<SimpleDense>(config_value<std::int64_t>(config, "units"),
                                         DTypePolicy(config_value<std::string>(config, "dtype")));
  }

 private:
  std::int64_t units_;
  Variable* kernel_ = nullptr;
  Variable* bias_ = nullptr;
};

Tensor filled(const Shape& shape, float value) {
  Tensor tensor(shape);
  std::fill_n(tensor.data(), shape.elements(), value);
  return tensor;
}

}  // namespace

TEST_CASE("simple dense: the page's example holds", "[nn]") {
  SimpleDense linear_layer(4);
  CHECK_FALSE(linear_layer.built());
  // This also calls build(input_shape) and creates the weights.
  const Tensor y = linear_layer(filled(Shape{2, 2}, 1));
  CHECK(linear_layer.built());
  REQUIRE(linear_layer.weights().size() == 2);
  // These weights are trainable, so they're in trainable_weights.
  CHECK(linear_layer.trainable_weights().size() == 2);
  CHECK(linear_layer.non_trainable_weights().empty());
  CHECK(linear_layer.count_params() == 12);
  CHECK(linear_layer.weights()[0]->path() == "simple_dense/kernel");
  REQUIRE(y.shape() == Shape{2, 4});
  const Tensor kernel = linear_layer.weights()[0]->value();
  for (int i = 0; i < 4; ++i) CHECK(y.data()[i] == kernel.data()[i] + kernel.data()[4 + i]);
}

TEST_CASE("simple dense: a layer is made again from its two configurations and its variables", "[nn]") {
  SimpleDense first(3);
  const Tensor x = filled(Shape{1, 5}, 0.5F), y = first(x);
  CHECK(std::get<std::vector<std::int64_t>>(first.get_build_config().at("input_shape")) ==
        std::vector<std::int64_t>{1, 5});
  const auto second = SimpleDense::from_config(first.get_config());
  second->build_from_config(first.get_build_config());
  second->set_weights(first.get_weights());
  CHECK(std::equal(y.data(), y.data() + 3, (*second)(x).data()));
}

TEST_CASE("simple dense: variables go through a store and refuse another shape or number", "[nn][error]") {
  SimpleDense first(2), second(2), wider(3);
  const Tensor x = filled(Shape{1, 4}, 1), y = first(x);
  second.build(Shape{1, 4});
  wider.build(Shape{1, 4});
  std::vector<Tensor> values;
  values.push_back(filled(Shape{4, 2}, 0.5F));
  values.push_back(filled(Shape{2}, 0.25F));
  first.set_weights(values);
  VariableStore store;
  first.save_own_variables(store);
  CHECK(store.size() == 2);
  second.load_own_variables(store);
  CHECK(second(x).data()[1] == 2.25F);
  CHECK(error_of([&] { wider.load_own_variables(store); }) ==
        Failure{"MISMATCH", "simple_dense/kernel: has shape [4, 3], is given a value of shape [4, 2]"});
  CHECK(error_of([&] { wider.set_weights({}); }) ==
        Failure{"MISMATCH", "simple_dense: has 2 weights, is given 0"});
  store.erase("1");
  CHECK(error_of([&] { second.load_own_variables(store); }).message ==
        "simple_dense: has 2 variables, the store has 1");
}

TEST_CASE("simple dense: a policy says the type of variables, inputs and outputs", "[nn]") {
  SimpleDense mixed(1, "mixed_bfloat16"), half(1, "float16"), quantized(1, "int8_from_float32"),
      wide(1, "float64");
  const Tensor x = filled(Shape{1, 1}, 1.0009765625F);  // 1 + 2^-10: a float16, not a bfloat16
  const Tensor y = mixed(x);
  CHECK(mixed.dtype() == DType::f32);
  CHECK(mixed.variable_dtype() == DType::f32);
  CHECK(mixed.compute_dtype() == DType::bf16);
  CHECK(mixed.input_dtype() == DType::bf16);
  CHECK(mixed.weights()[0]->dtype() == DType::f32);
  CHECK(y.data()[0] == bf16_to_float(float_to_bf16(mixed.weights()[0]->item())));
  half(x);
  CHECK(half.weights()[0]->dtype() == DType::f16);
  CHECK(error_of([&] { quantized(x); }) ==
        Failure{"UNSUP", "simple_dense: cannot be quantized to int8: it has no such form"});
  CHECK(error_of([&] { wide(x); }).message ==
        "simple_dense: computes in float64, expected float32, float16 or bfloat16");
  SimpleDense whole(1, "int8");
  CHECK(error_of([&] { whole(x); }).message ==
        "simple_dense: computes in int8, expected float32, float16 or bfloat16");
}

TEST_CASE("dtype policy: a name says what Keras's says", "[nn][error]") {
  const auto [name, variable, compute, mode] = GENERATE(table<std::string, DType, DType, std::string>({
      {"float32", DType::f32, DType::f32, ""},
      {"bfloat16", DType::bf16, DType::bf16, ""},
      {"float64", DType::f64, DType::f64, ""},
      {"mixed_float16", DType::f32, DType::f16, ""},
      {"mixed_bfloat16", DType::f32, DType::bf16, ""},
      {"int8", DType::i8, DType::i8, ""},
      {"uint8", DType::u8, DType::u8, ""},
      {"int64", DType::i64, DType::i64, ""},
      {"bool", DType::boolean, DType::boolean, ""},
      {"int8_from_mixed_bfloat16", DType::f32, DType::bf16, "int8"},
      {"int4_from_float32", DType::f32, DType::f32, "int4"},
      {"float8_from_float16", DType::f16, DType::f16, "float8"},
  }));
  const DTypePolicy policy(name);
  CHECK(policy.name() == name);
  CHECK(policy.variable_dtype() == variable);
  CHECK(policy.compute_dtype() == compute);
  CHECK(policy.quantization_mode() == mode);
  for (const char* wrong : {"", "float8", "mixed_float64", "half", "int8_from_", "int2_from_float32"})
    CHECK(error_of([&] { DTypePolicy never(wrong); }).code == "UNSUP");
}

TEST_CASE("simple dense: an input that is not as specified is refused", "[nn][error]") {
  SimpleDense layer(1);
  layer.set_input_spec(InputSpec{.ndim = 2, .axes = {{-1, 3}}});
  CHECK(error_of([&] { layer(filled(Shape{3}, 1)); }).message ==
        "simple_dense: is given an input of shape [3], expected 2 dimensions");
  CHECK(error_of([&] {
          layer(filled(Shape{1, 2}, 1));
        }).message == "simple_dense: is given an input of shape [1, 2], expected size 3 of axis -1");
  CHECK(layer(filled(Shape{5, 3}, 1)).shape() == Shape{5, 1});
  layer.set_input_spec(InputSpec{.min_ndim = 2, .max_ndim = 3, .axes = {{0, 5}, {-1, 3}}});
  CHECK(error_of([&] { layer(filled(Shape{3}, 1)); }).message ==
        "simple_dense: is given an input of shape [3], expected at least 2 dimensions");
  CHECK(error_of([&] {
          layer(filled(Shape{5, 1, 1, 3}, 1));
        }).message == "simple_dense: is given an input of shape [5, 1, 1, 3], expected at most 3 dimensions");
  CHECK(error_of([&] { layer(filled(Shape{4, 3}, 1)); }).code == "MISMATCH");
  SimpleDense early(1);
  early.set_input_spec(InputSpec{.axes = {{0, 5}}});
  early.build(Shape{-1, 3});  // how many rows there will be is not known yet
  CHECK(early.count_params() == 4);
}
