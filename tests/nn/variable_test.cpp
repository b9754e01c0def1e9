// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "sightline/nn/variable.h"
#include "sightline/tensor/dtype_conversion.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

struct Moments {
  double mean, deviation, low, high;
};

Moments moments(const Initializer& initializer, const Shape& shape) {
  Tensor values(shape);
  initializer.fill(shape, values.view().flat(), 7);
  double sum = 0, squares = 0, low = 0, high = 0;
  for (const float value : values.view().flat()) {
    const auto v = static_cast<double>(value);
    sum += v;
    squares += v * v;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  const auto count = static_cast<double>(shape.elements());
  return {sum / count, std::sqrt(squares / count - sum / count * sum / count), low, high};
}

}  // namespace

TEST_CASE("variable: a value is rounded to the variable's dtype", "[nn]") {
  Variable half("ones", {.shape = {2}, .dtype = DType::f16, .name = "half"});
  CHECK(half.value().data()[1] == 1);
  CHECK(half.tensor().byte_size() == 4);
  const float values[] = {1.0F / 3, 70000};
  half.assign({values, Shape{2}});
  CHECK(half.value().data()[0] == f16_to_float(float_to_f16(1.0F / 3)));
  CHECK(std::isinf(half.value().data()[1]));
  Variable count("zeros", {.dtype = DType::i32, .trainable = false, .name = "count"});
  count.assign(-2.75F);
  CHECK(count.item() == -2);
  count.assign(3e9F);
  CHECK(count.item() == 2147483648.0F);  // the nearest int32, read as a float
  count.assign(std::nanf(""));
  CHECK(count.item() == 0);
  Variable flag("ones", {.dtype = DType::boolean, .name = "flag"});
  CHECK(flag.item() == 1);
  CHECK(flag.ndim() == 0);
}

TEST_CASE("variable: the page's four examples hold", "[nn]") {
  const float ones[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, zeros[9] = {};
  const TensorView<const float> initial_array(ones, Shape{3, 3}), new_value(zeros, Shape{3, 3});
  Variable variable_from_array(initial_array);
  CHECK(variable_from_array.shape() == Shape{3, 3});
  CHECK(variable_from_array.ndim() == 2);
  CHECK(variable_from_array.dtype() == DType::f32);
  CHECK(variable_from_array.trainable());
  CHECK(variable_from_array.name() == "variable");
  CHECK(variable_from_array.path() == "variable");
  CHECK(variable_from_array.value().data()[8] == 1);
  const Variable variable_from_initializer("ones", {.shape = {3, 3}, .dtype = DType::f32});
  CHECK(variable_from_initializer.value().data()[8] == 1);
  variable_from_array.assign(new_value);
  CHECK(variable_from_array.value().data()[8] == 0);
  const Variable non_trainable_variable(initial_array, {.dtype = DType::f16, .trainable = false});
  CHECK_FALSE(non_trainable_variable.trainable());
  CHECK(non_trainable_variable.tensor().byte_size() == 18);
  CHECK(non_trainable_variable.value().data()[4] == 1);
}

TEST_CASE("variable: another shape is refused and nothing has changed", "[nn][error]") {
  Variable variable("ones", {.shape = {2, 2}, .name = "w"});
  const Tensor wrong(Shape{4});
  CHECK(error_of([&] { variable.assign(wrong); }) ==
        Failure{"MISMATCH", "w: has shape [2, 2], is assigned a value of shape [4]"});
  CHECK(error_of([&] { variable.assign(1.0F); }).message == "w: has shape [2, 2], is assigned one number");
  CHECK(error_of([&] { variable.item(); }).message == "w: has shape [2, 2], expected one element");
  CHECK(variable.value().data()[3] == 1);
}

TEST_CASE("initializers: distributions are those their names say", "[nn]") {
  const Shape shape{400, 200};  // 80,000 values: a mean is off by its deviation / 283
  const Moments normal = moments(Initializer::random_normal(1, 0.5), shape);
  CHECK(std::abs(normal.mean - 1) < 5 * 0.5 / 283);
  CHECK(std::abs(normal.deviation - 0.5) < 5 * 0.5 / 400);
  CHECK(normal.high > 1 + 0.5 * 3.5);  // 18 of them are expected above
  const Moments cut = moments("truncated_normal", shape);
  CHECK(cut.high <= 0.1F);
  CHECK(cut.low >= -0.1F);
  CHECK(std::abs(cut.deviation - 0.05 * 0.8796) < 5 * 0.05 / 400);
  const Moments moved = moments(Initializer::truncated_normal(1, 0.5), shape);
  CHECK(moved.low >= 0);
  CHECK(moved.high <= 2);
  CHECK(std::abs(moved.mean - 1) < 5 * 0.5 / 283);
  const double limit = std::sqrt(6.0 / 600);
  const Moments glorot = moments("glorot_uniform", shape);
  CHECK(glorot.high <= limit);
  CHECK(glorot.high > 0.999 * limit);
  CHECK(std::abs(glorot.deviation - limit / std::sqrt(3.0)) < 5 * limit / 400);
  const Moments glorot_normal = moments("glorot_normal", shape);
  CHECK(std::abs(glorot_normal.deviation - std::sqrt(2.0 / 600)) < 5 * std::sqrt(2.0 / 600) / 400);
}

TEST_CASE("initializers: a seed gives the same numbers on every machine", "[nn]") {
  float values[4];
  const Shape shape{4};
  Initializer::random_normal(0, 1).fill(shape, values, 42);
  const float normal[4] = {-0x1.9d2de4p-2F, 0x1.184f34p+0F, -0x1.6208b4p-1F, 0x1.2ea20ep+0F};
  for (int i = 0; i < 4; ++i) CHECK(values[i] == normal[i]);
  Initializer("random_uniform").seeded(42).fill(shape, values, 0);
  const float uniform[4] = {-0x1.00c022p-6F, 0x1.298f66p-5F, -0x1.a26426p-6F, 0x1.387772p-5F};
  for (int i = 0; i < 4; ++i) CHECK(values[i] == uniform[i]);
  CHECK(seed_for(0, "a") != seed_for(0, "b"));
  CHECK(seed_for(0, "a") != seed_for(1, "a"));
  CHECK_THROWS_AS(Initializer("he_uniform"), Error);
}
