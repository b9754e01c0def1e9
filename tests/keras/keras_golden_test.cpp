// SPDX-License-Identifier: Apache-2.0
// Keras's own classes are the reference: data/golden/keras/keras_layers.json, made by
// scripts/golden/keras_layers.py with Keras 3.15.
#include <cmath>

#include "keras/keras_golden.h"
#include "sightline/keras/layer_names.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

// Keras's path of a weight made in a constructor lacks the layers around; here it has them.
void check_paths(const std::vector<keras::Variable*>& variables, const Json& expected) {
  const std::vector<std::string> paths = texts(expected);
  REQUIRE(variables.size() == paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) CHECK_THAT(variables[i]->path(), EndsWith(paths[i]));
}

void check_lists(keras::Layer& layer, const char* rule) {
  INFO(rule);
  const Json expected = keras_golden("trainable").at(rule);
  check_paths(layer.weights(), expected.at("weights"));
  check_paths(layer.trainable_variables(), expected.at("trainable"));
  check_paths(layer.non_trainable_variables(), expected.at("non_trainable"));
}

// 0, 1, 2, ...
Tensor rising(const Shape& shape, float scale = 1) {
  Tensor tensor(shape);
  for (std::int64_t i = 0; i < shape.elements(); ++i) tensor.data()[i] = static_cast<float>(i) * scale;
  return tensor;
}

}  // namespace

TEST_CASE("keras golden: class names become the names that Keras gives", "[keras]") {
  keras_golden("naming").at("snake_case").for_each_member([](std::string_view class_name, const Json& name) {
    CHECK(keras::snake_case(class_name) == name.as_string());
  });
  class GoldenNaming : public keras::Layer {
   public:
    explicit GoldenNaming(const keras::LayerOptions& options = {}) : Layer("GoldenNaming", options) {}
  };
  std::vector<std::string> names;
  for (const bool given : {false, false, true, false})
    names.push_back(given ? GoldenNaming({.name = "given"}).name() : GoldenNaming().name());
  CHECK(names == texts(keras_golden("naming").at("numbered")));
}

TEST_CASE("keras golden: lists of weights and the trainable rules are Keras's", "[keras]") {
  const Tensor x = keras::ops::ones({2, 4});
  Outer layer({.name = "outer"}), sublayer({.name = "outer"}), variable({.name = "outer"}),
      made_frozen({.name = "outer", .trainable = false});
  for (Outer* each : {&layer, &sublayer, &variable, &made_frozen}) (*each)(x);
  check_lists(layer, "as_made");
  layer.set_trainable(false);
  check_lists(layer, "frozen");
  layer.set_trainable(true);
  check_lists(layer, "thawed");
  sublayer.dense().set_trainable(false);
  check_lists(sublayer, "frozen_sublayer");
  variable.factor().set_trainable(false);
  check_lists(variable, "frozen_variable");
  check_lists(made_frozen, "made_frozen");
  class Around : public keras::Layer {
   public:
    Around() : Layer("Around", {.name = "around"}) { add_sublayer(dense_); }
    Tensor call(TensorView<const float> inputs) override { return dense_(inputs); }

   private:
    SimpleDense dense_{3, {.name = "dense", .trainable = false}};
  } around;
  around(x);
  check_lists(around, "around_made_frozen");
}

TEST_CASE("keras golden: counts, losses and a stateless call are Keras's", "[keras]") {
  const Json calls = keras_golden("calls");
  const Tensor x = rising(Shape{2, 4});
  Outer outer({.name = "outer"});
  outer(x);
  std::vector<Tensor> values;
  values.push_back(rising(Shape{4, 3}, 0.25F));
  values.push_back(tensor_of(Shape{3}, {1, 2, 3}));
  outer.dense().set_weights(values);
  CHECK(outer.count_params() == calls.at("count").as_integer());
  CHECK(doubles(outer.losses()) == numbers(calls.at("losses_first")));
  outer(x);
  CHECK(doubles(outer.losses()) == numbers(calls.at("losses_second")));

  const Json expected = calls.at("stateless");
  check_paths(outer.non_trainable_variables(), expected.at("non_trainable_order"));
  std::vector<Tensor> given;
  given.push_back(filled(Shape{2}, 7));
  given.push_back(filled(Shape{}, 10));
  const auto [outputs, updated, losses] = outer.stateless_call(outer.trainable_variables(), given, x);
  const std::vector<double> reference = numbers(expected.at("outputs"));
  for (std::size_t i = 0; i < reference.size(); ++i)
    CHECK(std::abs(static_cast<double>(outputs.data()[i]) - reference[i]) <= 1e-6 * std::abs(reference[i]));
  std::vector<std::vector<double>> states;
  expected.at("updated").for_each_element([&](const Json& state) { states.push_back(numbers(state)); });
  REQUIRE(updated.size() == states.size());
  for (std::size_t i = 0; i < states.size(); ++i) CHECK(doubles(updated[i]) == states[i]);
  CHECK(doubles(losses) == numbers(expected.at("losses")));
  CHECK(static_cast<double>(outer.running().total()->item()) == calls.at("total_afterwards").as_double());

  keras::VariableStore store;
  outer.dense().save_own_variables(store);
  std::vector<std::string> keys;
  for (const auto& [key, value] : store) keys.push_back(key);
  CHECK(keys == texts(calls.at("store_keys")));
}

TEST_CASE("keras golden: losses of three levels come in Keras's order", "[keras]") {
  class Deep : public keras::Layer {
   public:
    Deep() : Layer("Deep") {
      add_sublayer(first_);
      add_sublayer(second_);
    }
    Tensor call(TensorView<const float> inputs) override {
      add_loss(100);
      return first_(inputs) + second_(inputs * filled(Shape{}, 2));
    }

   private:
    Outer first_, second_;
  } deep;
  deep(rising(Shape{2, 4}));
  CHECK(doubles(deep.losses()) == numbers(keras_golden("calls").at("losses_deep")));
}

TEST_CASE("keras golden: policies say what Keras's say", "[keras]") {
  keras_golden("policies").for_each_member([](std::string_view name, const Json& entry) {
    const keras::DTypePolicy policy(name);
    CHECK(policy.name() == entry.at("name").as_string());
    CHECK(dtype_name(policy.variable_dtype()) == entry.at("variable_dtype").as_string());
    CHECK(dtype_name(policy.compute_dtype()) == entry.at("compute_dtype").as_string());
    CHECK(policy.quantization_mode() == entry.at("quantization_mode").as_string());
  });
  for (const char* wrong : {"", "float8", "mixed_float64", "half", "int8_from_", "int2_from_float32"})
    CHECK_THROWS_AS(keras::DTypePolicy(wrong), Error);
}

TEST_CASE("keras golden: configurations have Keras's keys", "[keras]") {
  SimpleDense layer(4, {.name = "golden"});
  layer(keras::ops::ones({2, 3}));
  std::vector<std::string> keys;
  for (const auto& [key, value] : layer.get_config()) keys.push_back(key);
  CHECK(keys == texts(keras_golden("configs").at("get_config")));
  const Json build = keras_golden("configs").at("get_build_config");
  CHECK(build.size() == 1);
  const auto shape = keras::config_value<std::vector<std::int64_t>>(layer.get_build_config(), "input_shape");
  CHECK(std::vector<double>(shape.begin(), shape.end()) == numbers(build.at("input_shape")));
}
