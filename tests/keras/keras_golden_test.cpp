// SPDX-License-Identifier: Apache-2.0
// Keras's own classes are the reference: data/golden/keras/keras_layers.json, made by
// scripts/golden/keras_layers.py with Keras 3.15.
#include <cmath>
#include <cstdlib>
#include <map>

#include "keras/example_layers.h"
#include "sightline/containers/json.h"
#include "sightline/keras/names.h"
#include "support/catch.h"
#include "support/golden.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const JsonDocument& golden() {
  static const JsonDocument document(read_text(golden_path("keras/keras_layers.json")), "keras_layers.json");
  return document;
}

Json part(std::string_view name) { return golden().root().at(name); }

std::vector<double> numbers(const Json& json) {
  std::vector<double> all;
  json.for_each_element([&](const Json& element) { all.push_back(element.as_double()); });
  return all;
}

std::vector<std::string> texts(const Json& json) {
  std::vector<std::string> all;
  json.for_each_element([&](const Json& element) { all.emplace_back(element.as_string()); });
  return all;
}

std::vector<double> doubles(std::span<const float> values) { return {values.begin(), values.end()}; }
std::vector<double> doubles(const Tensor& tensor) { return doubles(floats_of(tensor)); }

// Keras's path of a weight made in a constructor lacks the layers around; here it has them.
void check_paths(const std::vector<keras::Variable*>& variables, const Json& expected) {
  const std::vector<std::string> paths = texts(expected);
  REQUIRE(variables.size() == paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) CHECK_THAT(variables[i]->path(), EndsWith(paths[i]));
}

void check_lists(keras::Layer& layer, const char* rule) {
  INFO(rule);
  const Json expected = part("trainable").at(rule);
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

struct Moments {
  double mean = 0, deviation = 0, low = 0, high = 0;
};

Moments moments(const keras::Initializer& initializer, const Shape& shape) {
  const std::vector<float> values = floats_of(initializer(shape));
  double sum = 0, squares = 0;
  Moments result{.low = static_cast<double>(values[0]), .high = static_cast<double>(values[0])};
  for (const double v : doubles(values)) {
    sum += v;
    squares += v * v;
    result.low = std::min(result.low, v);
    result.high = std::max(result.high, v);
  }
  const auto count = static_cast<double>(values.size());
  result.mean = sum / count;
  result.deviation = std::sqrt(std::max(0.0, squares / count - result.mean * result.mean));
  return result;
}

// Both are estimates from 60,000 values: deviations differ by 1 / sqrt(2 * 60,000) of themselves, means by
// deviation / sqrt(60,000), each; five times that is allowed. The ends of a bounded distribution are found to
// a thousandth.
void check_alike(const Moments& ours, const Json& theirs, bool is_bounded) {
  const double deviation = theirs.at("deviation").as_double();
  CHECK(std::abs(ours.deviation - deviation) <= 5 * 1.5 * deviation / 346 + 1e-9);
  CHECK(std::abs(ours.mean - theirs.at("mean").as_double()) <= 5 * 1.5 * deviation / 245 + 1e-9);
  if (!is_bounded) return;
  const double width = theirs.at("high").as_double() - theirs.at("low").as_double();
  CHECK(std::abs(ours.high - theirs.at("high").as_double()) <= 2e-3 * width);
  CHECK(std::abs(ours.low - theirs.at("low").as_double()) <= 2e-3 * width);
}

double real(std::string_view text) { return std::strtod(std::string(text).c_str(), nullptr); }

}  // namespace

TEST_CASE("keras golden: class names become the names that Keras gives", "[keras]") {
  part("naming").at("snake_case").for_each_member([](std::string_view class_name, const Json& name) {
    CHECK(keras::snake_case(class_name) == name.as_string());
  });
  class GoldenNaming : public keras::Layer {
   public:
    explicit GoldenNaming(const keras::LayerOptions& options = {}) : Layer("GoldenNaming", options) {}
  };
  std::vector<std::string> names;
  for (const bool given : {false, false, true, false})
    names.push_back(given ? GoldenNaming({.name = "given"}).name() : GoldenNaming().name());
  CHECK(names == texts(part("naming").at("numbered")));
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
  const Json calls = part("calls");
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
  CHECK(doubles(deep.losses()) == numbers(part("calls").at("losses_deep")));
}

TEST_CASE("keras golden: every named initializer has Keras's distribution and class name", "[keras]") {
  part("initializers").at("named").for_each_member([](std::string_view name, const Json& entry) {
    INFO(name);
    const bool is_bounded = name.find("uniform") != std::string_view::npos || name == "truncated_normal" ||
                            name == "zeros" || name == "ones" || name == "identity";
    const Json theirs = entry.at("statistics");
    check_alike(moments(keras::Initializer(name), Shape{300, 200}), theirs, is_bounded);
    check_alike(moments(keras::Initializer(entry.at("class_name").as_string()), Shape{300, 200}), theirs,
                is_bounded);
  });
  part("initializers").at("scaled").for_each_element([](const Json& entry) {
    const std::string mode(entry.at("mode").as_string()), distribution(entry.at("distribution").as_string());
    INFO(mode << " " << distribution);
    check_alike(moments(keras::initializers::VarianceScaling(1.5, mode, distribution), Shape{300, 200}),
                entry.at("statistics"), distribution != "untruncated_normal");
  });
  CHECK(doubles(keras::initializers::Identity(3)(Shape{2, 3})) == std::vector<double>{3, 0, 0, 0, 3, 0});
}

TEST_CASE("keras golden: fans are Keras's", "[keras]") {
  part("initializers").at("fans").for_each_element([](const Json& entry) {
    std::vector<std::int64_t> sizes;
    for (const double size : numbers(entry.at("shape"))) sizes.push_back(static_cast<std::int64_t>(size));
    const Shape shape{std::span<const std::int64_t>(sizes)};
    const double in = entry.at("fan_in").as_double(), out = entry.at("fan_out").as_double();
    // A uniform value lies within sqrt(3 scale / fan): drawn with one seed it is that limit times one factor.
    const auto first = [&](const char* mode) {
      return static_cast<double>(*keras::initializers::VarianceScaling(1, mode, "uniform", 1)(shape).data());
    };
    const auto whole = static_cast<double>(*keras::initializers::RandomUniform(-1, 1, 1)(shape).data());
    for (const auto& [mode, fan] : {std::pair("fan_in", in), {"fan_out", out}, {"fan_avg", (in + out) / 2}}) {
      const double expected = whole * std::sqrt(3 / fan);
      CHECK(std::abs(first(mode) - expected) <= 0x1p-22 * std::abs(expected));
    }
  });
}

TEST_CASE("keras golden: policies say what Keras's say", "[keras]") {
  part("policies").for_each_member([](std::string_view name, const Json& entry) {
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
  CHECK(keys == texts(part("configs").at("get_config")));
  const Json build = part("configs").at("get_build_config");
  CHECK(build.size() == 1);
  const auto shape = keras::config_value<std::vector<std::int64_t>>(layer.get_build_config(), "input_shape");
  CHECK(std::vector<double>(shape.begin(), shape.end()) == numbers(build.at("input_shape")));
}

TEST_CASE("keras golden: assignments convert as numpy's astype", "[keras]") {
  const Json conversions = part("conversions");
  const std::vector<std::string> values = texts(conversions.at("doubles")),
                                 whole = texts(conversions.at("integers"));
  const std::map<std::string_view, DType> dtypes = {
      {"float64", DType::f64}, {"float32", DType::f32}, {"float16", DType::f16},
      {"int64", DType::i64},   {"int32", DType::i32},   {"int16", DType::i16},
      {"int8", DType::i8},     {"uint8", DType::u8},    {"bool", DType::boolean}};
  const auto same = [](double a, double b) { return a == b && std::signbit(a) == std::signbit(b); };
  conversions.at("from_double").for_each_member([&](std::string_view to, const Json& expected) {
    INFO(to);
    keras::Variable variable("zeros", {}, {.dtype = dtypes.at(to)});
    if (expected.is_object()) {
      expected.for_each_member([&](std::string_view value, const Json& result) {
        variable.assign(real(value));
        CHECK(std::to_string(variable.item<std::int64_t>()) == result.as_string());
      });
      return;
    }
    const std::vector<std::string> results = texts(expected);
    for (std::size_t i = 0; i < values.size(); ++i) {
      variable.assign(real(values[i]));
      CHECK(same(variable.item<double>(), real(results[i])));
    }
  });
  conversions.at("from_int64").for_each_member([&](std::string_view to, const Json& expected) {
    INFO(to);
    keras::Variable variable("zeros", {}, {.dtype = dtypes.at(to)});
    const std::vector<std::string> results = texts(expected);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      variable.assign(static_cast<std::int64_t>(std::strtoll(whole[i].c_str(), nullptr, 10)));
      CHECK(same(variable.item<double>(), real(results[i])));
    }
  });
}
