// SPDX-License-Identifier: Apache-2.0
#include "keras/example_layers.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("compute sum: the page's example holds", "[keras]") {
  ComputeSum my_sum;
  const Tensor x = keras::ops::ones({2, 2});
  CHECK(my_sum(x).data()[0] == 4);
  CHECK(my_sum(x).data()[0] == 8);
  const ComputeSum& shared = my_sum;
  const std::vector<const keras::Variable*> total{my_sum.total()};
  CHECK(shared.weights() == total);
  CHECK(shared.non_trainable_weights() == total);
  CHECK(shared.trainable_weights().empty());
  CHECK(shared.variables() == total);
  CHECK(shared.trainable_variables().empty());
  CHECK(shared.non_trainable_variables() == total);
  CHECK(shared.metrics_variables().empty());
  CHECK_FALSE(shared.supports_masking());
}

TEST_CASE("compute sum: the page's loop of stateless calls can be written", "[keras]") {
  ComputeSum model;
  const Tensor data = keras::ops::ones({3});
  model(data);
  for (const float expected : {6.0F, 9.0F}) {
    const auto trainable_variables = model.trainable_variables();
    const auto non_trainable_variables = model.non_trainable_variables();
    const auto [outputs, updated, losses] =
        model.stateless_call(trainable_variables, non_trainable_variables, data);
    CHECK(outputs.data()[0] == expected);
    CHECK(losses == std::vector<float>{expected / 2});
    CHECK(model.total()->item() == expected - 3);
    const auto variables = model.non_trainable_variables();
    for (std::size_t i = 0; i < variables.size(); ++i) variables[i]->assign(updated[i]);
    CHECK(model.total()->item() == expected);
  }
}

TEST_CASE("compute sum: a stateless call leaves the layer as it was", "[keras][error]") {
  ComputeSum my_sum({.name = "my_sum"});
  const Tensor x = keras::ops::ones({3});
  CHECK(error_of([&] { my_sum.stateless_call({}, {}, x); }).code == "MISSING");
  my_sum(x);
  std::vector<Tensor> state;
  state.push_back(filled(Shape{}, 10));
  const keras::StatelessResult result = my_sum.stateless_call({}, state, x);
  CHECK(result.outputs.data()[0] == 13);
  REQUIRE(result.non_trainable_variables.size() == 1);
  CHECK(result.non_trainable_variables[0].data()[0] == 13);
  CHECK(result.losses == std::vector<float>{6.5F});
  CHECK(my_sum.total()->item() == 3);
  CHECK(my_sum.losses() == std::vector<float>{1.5F});
  CHECK(error_of([&] { my_sum.stateless_call(state, {}, x); }) ==
        Failure{"MISMATCH", "my_sum: has 0 trainable variables, is given 1"});
  CHECK(error_of([&] { my_sum.stateless_call({}, {}, x); }).message ==
        "my_sum: has 1 non-trainable variables, is given 0");
  CHECK(error_of([&] { my_sum.stateless_call({}, std::vector<keras::Variable*>{nullptr}, x); }).code ==
        "MISMATCH");
  state[0] = Tensor(Shape{2});
  CHECK(error_of([&] { my_sum.stateless_call({}, state, x); }).code == "MISMATCH");
  CHECK(my_sum.total()->item() == 3);
}

TEST_CASE("compute sum: a stateless call takes the variables of another object", "[keras]") {
  ComputeSum first, second;
  const Tensor x = keras::ops::ones({2});
  first(x);
  second(x);
  second(x);
  const std::vector<keras::Variable*> theirs = second.non_trainable_variables();
  CHECK(first.stateless_call({}, theirs, x).outputs.data()[0] == 6);
  CHECK(first.total()->item() == 2);
  CHECK(second.total()->item() == 4);
}

TEST_CASE("compute sum: losses are those of the last pass, sublayers' included", "[keras]") {
  Outer layer;
  const Tensor x = keras::ops::ones({2});
  layer(x);
  CHECK(layer.losses() == std::vector<float>{2, 1});
  layer(x);
  CHECK(layer.losses() == std::vector<float>{2, 2});
  layer.clear_losses();
  CHECK(layer.losses().empty());
}

TEST_CASE("compute sum: trainable is set below and never makes a running sum trainable", "[keras]") {
  Outer layer;
  layer.set_trainable(false);
  CHECK_FALSE(layer.running().trainable());
  layer.set_trainable(true);
  CHECK(layer.running().trainable());
  CHECK(layer.running().trainable_weights().empty());
  CHECK(std::get<bool>(layer.get_config().at("trainable")));
}

TEST_CASE("compute sum: two inputs, and a layer for one refuses two", "[keras][error]") {
  const Tensor a = tensor_of(Shape{2}, {1, 2}), b = tensor_of(Shape{2}, {10, 20});
  WeightedSum layer;
  CHECK(error_of([&] { layer(a); }).code == "UNSUP");
  CHECK(error_of([&] { layer({a}); }).code == "UNSUP");
  CHECK_FALSE(layer.built());
  CHECK(floats_of(layer({a, b})) == std::vector<float>{11, 22});
  CHECK(error_of([&] { layer(a); }).code == "UNSUP");
  CHECK(error_of([&] { layer({a, b, b}); }).code == "MISMATCH");
  CHECK(keras::to_json(layer.get_build_config()) == R"({"input_shape_0": [2], "input_shape_1": [2]})");
  WeightedSum again;
  again.build_from_config(layer.get_build_config());
  CHECK(again.count_params() == 2);
  ComputeSum one;
  CHECK(error_of([&] { one({a, b}); }).code == "UNSUP");
  CHECK_FALSE(one.built());
  one(a);
  CHECK(error_of([&] { one({a, b}); }).code == "UNSUP");
  CHECK(one.total()->item() == 3);
  WeightedSum by_hand;
  by_hand.build(std::vector<Shape>{{2}, {2}});
  CHECK(by_hand.stateless_call(by_hand.trainable_variables(), {}, {a, b}).outputs.data()[1] == 22);
}
