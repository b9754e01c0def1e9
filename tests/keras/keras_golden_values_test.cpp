// SPDX-License-Identifier: Apache-2.0
// Numbers that Keras's initializers draw and numpy's conversions give: scripts/golden/keras_layers.py.
#include <cmath>
#include <cstdlib>
#include <map>

#include "keras/keras_golden.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

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

TEST_CASE("keras golden: every named initializer has Keras's distribution and class name", "[keras]") {
  keras_golden("initializers").at("named").for_each_member([](std::string_view name, const Json& entry) {
    INFO(name);
    const bool is_bounded = name.find("uniform") != std::string_view::npos || name == "truncated_normal" ||
                            name == "zeros" || name == "ones" || name == "identity";
    const Json theirs = entry.at("statistics");
    check_alike(moments(keras::Initializer(name), Shape{300, 200}), theirs, is_bounded);
    check_alike(moments(keras::Initializer(entry.at("class_name").as_string()), Shape{300, 200}), theirs,
                is_bounded);
  });
  keras_golden("initializers").at("scaled").for_each_element([](const Json& entry) {
    const std::string mode(entry.at("mode").as_string()), distribution(entry.at("distribution").as_string());
    INFO(mode << " " << distribution);
    check_alike(moments(keras::initializers::VarianceScaling(1.5, mode, distribution), Shape{300, 200}),
                entry.at("statistics"), distribution != "untruncated_normal");
  });
  CHECK(doubles(keras::initializers::Identity(3)(Shape{2, 3})) == std::vector<double>{3, 0, 0, 0, 3, 0});
}

TEST_CASE("keras golden: fans are Keras's", "[keras]") {
  keras_golden("initializers").at("fans").for_each_element([](const Json& entry) {
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

TEST_CASE("keras golden: assignments convert as numpy's astype", "[keras]") {
  const Json conversions = keras_golden("conversions");
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
