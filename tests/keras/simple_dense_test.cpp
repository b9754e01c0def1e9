// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>

#include "keras/example_layers.h"
#include "sightline/tensor/dtype_conversion.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("simple dense: the page's example holds", "[keras]") {
  SimpleDense linear_layer(4, {.name = "simple_dense"});
  CHECK_FALSE(linear_layer.built());
  // This also calls build(input_shape) and creates the weights.
  const Tensor y = linear_layer(keras::ops::ones({2, 2}));
  CHECK(linear_layer.built());
  REQUIRE(linear_layer.weights().size() == 2);
  CHECK(linear_layer.trainable_weights().size() == 2);
  CHECK(linear_layer.non_trainable_weights().empty());
  CHECK(linear_layer.count_params() == 12);
  CHECK(linear_layer.weights()[0]->path() == "simple_dense/kernel");
  REQUIRE(y.shape() == Shape{2, 4});
  const Tensor kernel = linear_layer.weights()[0]->value();
  for (int i = 0; i < 4; ++i) CHECK(y.data()[i] == kernel.data()[i] + kernel.data()[4 + i]);
}

TEST_CASE("simple dense: another width than it was built for is refused", "[keras][error]") {
  SimpleDense layer(4);
  layer(keras::ops::ones({2, 2}));
  CHECK(error_of([&] {
          layer(keras::ops::ones({2, 3}));
        }) == Failure{"MISMATCH", "matmul: has operands of shapes [2, 3] and [2, 4]"});
  CHECK(error_of([&] { layer(keras::ops::ones({3000})); }).code == "MISMATCH");
  CHECK(error_of([&] { layer(keras::ops::ones({})); }).code == "MISMATCH");
  CHECK(layer(keras::ops::ones({5, 2})).shape() == Shape{5, 4});
  SimpleDense scalar(4);
  CHECK(error_of([&] { scalar(keras::ops::ones({})); }).code == "RANGE");  // asks its shape itself
  CHECK_FALSE(scalar.built());
}

TEST_CASE("simple dense: a refused first call leaves the layer as it was", "[keras][error]") {
  class Picky : public keras::Layer {
   public:
    Picky() : Layer("Picky") { add_weight({.initializer = "ones", .name = "own"}); }
    void build(const Shape& input_shape) override {
      add_sublayer(inner_, "inner");
      set_trainable(false);
      kernel_ = &add_weight({.shape = {input_shape.last(), 2}, .name = "kernel"});
      inner_.build(input_shape);
      if (input_shape.last() == 7) fail(ErrorCode::range, "picky", "dislikes 7");
      Layer::build(input_shape);
    }
    Tensor call(TensorView<const float> inputs) override {
      weights()[0]->assign(5);
      add_loss(1);
      if (inputs.columns() == 8) fail(ErrorCode::range, "picky", "dislikes 8");
      return keras::ops::matmul(inputs, *kernel_);
    }
    SimpleDense inner_{3};

   private:
    keras::Variable* kernel_ = nullptr;
  } layer;
  const std::string inner_name = layer.inner_.name();
  for (const std::int64_t width : {7, 8}) {
    CHECK(error_of([&] { layer(keras::ops::ones({1, width})); }).code == "RANGE");
    CHECK_FALSE(layer.built());
    CHECK_FALSE(layer.inner_.built());
    REQUIRE(layer.weights().size() == 1);
    CHECK(layer.weights()[0]->item() == 1);
    CHECK(layer.sublayers().empty());
    CHECK(layer.inner_.weights().empty());
    CHECK(layer.inner_.name() == inner_name);
    CHECK((layer.trainable() && layer.inner_.trainable() && layer.weights()[0]->trainable()));
    CHECK(layer.losses().empty());
  }
  CHECK(error_of([&] {
          layer.build_from_config({{"input_shape", std::vector<std::int64_t>{1, 7}}});
        }).code == "RANGE");
  CHECK(layer.weights().size() == 1);
  layer.build_from_config({{"input_shape", std::vector<std::int64_t>{1, 3}}});
  CHECK(layer.built());
  CHECK(layer.inner_.path() == layer.name() + "/inner");
  CHECK_FALSE(layer.weights()[0]->trainable());
}

TEST_CASE("simple dense: a built layer takes no more variables or sublayers", "[keras][error]") {
  class Late : public keras::Layer {
   public:
    Late() : Layer("Late", {.name = "late"}) {}
    void add(std::string name) { add_weight({.shape = {2}, .name = std::move(name)}); }
    void add_layer(Layer& layer) { add_sublayer(layer); }
    Tensor call(TensorView<const float>) override { return Tensor(Shape{0}); }
  } layer;
  layer.add("w");
  CHECK(error_of([&] { layer.add("w"); }) ==
        Failure{"DUP", "late/w: is the name of two variables of the layer"});
  CHECK(error_of([&] { layer.add("a/b"); }).code == "RANGE");
  layer.build(Shape{1});
  CHECK(error_of([&] { layer.add("v"); }) ==
        Failure{"UNSUP", "v: cannot be added to 'late', which is built already"});
  SimpleDense dense(1, {.name = "dense"});
  CHECK(error_of([&] { layer.add_layer(dense); }).code == "UNSUP");
  CHECK(layer.weights().size() == 1);
}

TEST_CASE("simple dense: a layer is made again from its two configurations and its variables", "[keras]") {
  SimpleDense first(3, {.name = "first", .trainable = false});
  const Tensor x = filled(Shape{1, 5}, 0.5F), y = first(x);
  const std::string json = keras::to_json(first.get_config());
  CHECK(json == R"({"dtype": "float32", "name": "first", "trainable": false, "units": 3})");
  const auto second = SimpleDense::from_config(keras::config_from_json(json));
  CHECK(second->name() == "first");
  CHECK_FALSE(second->trainable());
  second->build_from_config(keras::config_from_json(keras::to_json(first.get_build_config())));
  second->set_weights(first.get_weights());
  CHECK(floats_of((*second)(x)) == floats_of(y));
  CHECK(second->trainable_weights().empty());
  CHECK(error_of([] {
          SimpleDense::from_config({{"units", std::int64_t{3}}, {"unit", true}});
        }) == Failure{"UNSUP", "unit: is not an argument of the layer"});
}

TEST_CASE("simple dense: variables go through a store and refuse another shape or number", "[keras][error]") {
  SimpleDense first(2), second(2), wider(3, {.name = "wider"});
  const Tensor x = filled(Shape{1, 4}, 1);
  for (SimpleDense* layer : {&first, &second, &wider}) layer->build(Shape{1, 4});
  std::vector<Tensor> values;
  values.push_back(filled(Shape{4, 2}, 0.5F));
  values.push_back(filled(Shape{2}, 0.25F));
  first.set_weights(values);
  keras::VariableStore store;
  first.save_own_variables(store);
  CHECK(store.size() == 2);
  second.load_own_variables(store);
  CHECK(second(x).data()[1] == 2.25F);
  CHECK(error_of([&] { wider.load_own_variables(store); }) ==
        Failure{"MISMATCH", "wider/kernel: has shape [4, 3], is given a value of shape [4, 2]"});
  CHECK(error_of([&] { wider.set_weights({}); }) == Failure{"MISMATCH", "wider: has 2 weights, is given 0"});
  store.erase("1");
  CHECK(error_of([&] { second.load_own_variables(store); }).code == "MISMATCH");
}

TEST_CASE("simple dense: a policy decides the type of variables, inputs and outputs", "[keras][error]") {
  SimpleDense mixed(1, {.dtype = "mixed_bfloat16"}), half(1, {.dtype = "float16"}),
      quantized(1, {.name = "q", .dtype = "int8_from_float32"}),
      wide(1, {.name = "wide", .dtype = "float64"});
  const Tensor x = filled(Shape{1, 1}, 1.0009765625F);  // 1 + 2^-10: a float16, not a bfloat16
  const Tensor y = mixed(x);
  CHECK(mixed.variable_dtype() == DType::f32);
  CHECK(mixed.compute_dtype() == DType::bf16);
  CHECK(mixed.input_dtype() == DType::bf16);
  CHECK(mixed.weights()[0]->dtype() == DType::f32);
  CHECK(y.data()[0] == bf16_to_float(float_to_bf16(mixed.weights()[0]->item())));
  half(x);
  CHECK(half.weights()[0]->dtype() == DType::f16);
  CHECK(error_of([&] { quantized(x); }) ==
        Failure{"UNSUP", "q: cannot be quantized to 'int8': SimpleDense has no such form"});
  CHECK(quantized.weights().empty());
  CHECK(error_of([&] { half.quantize("int4"); }).message.find("'int4'") != std::string::npos);
  CHECK(error_of([&] { wide(x); }) ==
        Failure{"UNSUP", "wide: computes in float64, expected float32, float16 or bfloat16"});
}

TEST_CASE("simple dense: an input that is not as specified is refused", "[keras][error]") {
  SimpleDense layer(1, {.name = "dense"});
  layer.set_input_spec(keras::InputSpec{.ndim = 2, .axes = {{-1, 3}}});
  CHECK(error_of([&] { layer(filled(Shape{3}, 1)); }) ==
        Failure{"MISMATCH", "dense: is given an input of shape [3], expected 2 dimensions"});
  CHECK(error_of([&] {
          layer(filled(Shape{1, 2}, 1));
        }).message == "dense: is given an input of shape [1, 2], expected size 3 of axis -1");
  CHECK(layer(filled(Shape{5, 3}, 1)).shape() == Shape{5, 1});
  layer.set_input_spec(keras::InputSpec{.min_ndim = 2, .max_ndim = 3, .axes = {{0, 5}, {-1, 3}}});
  CHECK(error_of([&] { layer(filled(Shape{3}, 1)); }).message ==
        "dense: is given an input of shape [3], expected at least 2 dimensions");
  CHECK(error_of([&] {
          layer(filled(Shape{5, 1, 1, 3}, 1));
        }).message == "dense: is given an input of shape [5, 1, 1, 3], expected at most 3 dimensions");
  SimpleDense early(1);
  early.set_input_spec(keras::InputSpec{.axes = {{0, 5}}});
  early.build(Shape{-1, 3});  // how many rows there will be is not known yet
  CHECK(early.count_params() == 4);
}

TEST_CASE("simple dense: QuickGELU takes any shape", "[keras]") {
  const auto layer = keras::QuickGELU::from_config({{"name", std::string("act")}});
  CHECK(layer->name() == "act");
  const auto one = static_cast<double>((*layer)(keras::ops::ones({})).data()[0]);
  CHECK(std::abs(one - 1 / (1 + std::exp(-1.702))) < 1e-7);
  CHECK((*layer)(keras::ops::zeros({2, 1, 3})).shape() == Shape{2, 1, 3});
  CHECK(layer->count_params() == 0);
}
