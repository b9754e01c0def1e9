// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <limits>

#include "keras/example_layers.h"
#include "sightline/keras/variable_access.h"
#include "sightline/tensor/dtype_conversion.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

// Without a shape there is nothing that an initializer could fill.
static_assert(!std::is_constructible_v<keras::Variable, const char*>);
static_assert(!std::is_constructible_v<keras::Variable, keras::Initializer>);
static_assert(!std::is_copy_constructible_v<keras::Variable>);

TEST_CASE("variable: the page's four examples hold", "[keras]") {
  const Tensor initial_array = keras::ops::ones({3, 3}), new_value = keras::ops::zeros({3, 3});
  keras::Variable variable_from_array(initial_array);
  CHECK(variable_from_array.shape() == Shape{3, 3});
  CHECK(variable_from_array.ndim() == 2);
  CHECK(variable_from_array.dtype() == DType::f32);
  CHECK(variable_from_array.trainable());
  CHECK(variable_from_array.path() == variable_from_array.name());
  CHECK(variable_from_array.name().starts_with("variable"));
  CHECK(variable_from_array.value().data()[8] == 1);
  const keras::Variable variable_from_initializer(keras::initializers::Ones(), {3, 3}, {.dtype = DType::f32});
  CHECK(variable_from_initializer.value().data()[8] == 1);
  CHECK(variable_from_initializer.name() != variable_from_array.name());
  variable_from_array.assign(new_value);
  CHECK(variable_from_array.value().data()[8] == 0);
  const keras::Variable non_trainable_variable(initial_array, {.trainable = false});
  CHECK_FALSE(non_trainable_variable.trainable());
}

TEST_CASE("variable: int64, int32 and float64 keep their values exactly", "[keras]") {
  constexpr std::int64_t kLarge = 9'007'199'254'740'993;  // 2^53 + 1, which no double holds
  keras::Variable large("zeros", {}, {.dtype = DType::i64});
  large.assign(kLarge);
  CHECK(large.item<std::int64_t>() == kLarge);
  CHECK(*large.value().data<std::int64_t>() == kLarge);
  large.assign(0);
  Tensor tensor(Shape{}, DType::i64);
  *tensor.data<std::int64_t>() = kLarge;
  large.assign(tensor);
  CHECK(large.item<std::int64_t>() == kLarge);
  const keras::Variable from_tensor(tensor);
  CHECK(from_tensor.dtype() == DType::i64);
  CHECK(from_tensor.item<std::int64_t>() == kLarge);
  keras::Variable fine("zeros", {}, {.dtype = DType::f64});
  fine.assign(0.1);
  CHECK(fine.item<double>() == 0.1);
  CHECK(*fine.value().data<double>() == 0.1);
  keras::Variable count("zeros", {}, {.dtype = DType::i32});
  count.assign(16'777'217);
  CHECK(count.item<int>() == 16'777'217);
  class Holder : public keras::Layer {
   public:
    Holder() : Layer("Holder") {
      add_weight(
          {.initializer = keras::initializers::Constant(kLarge), .dtype = DType::i64, .name = "large"});
      add_weight({.initializer = keras::initializers::Constant(0.1), .dtype = DType::f64, .name = "fine"});
    }
  } holder;
  CHECK(holder.weights()[0]->item<std::int64_t>() == kLarge);
  CHECK(holder.weights()[1]->item<double>() == 0.1);
  large.assign(large + tensor);  // operations keep them, too
  CHECK(large.item<std::int64_t>() == 2 * kLarge);
}

TEST_CASE("variable: a value is rounded to the variable's dtype once", "[keras]") {
  keras::Variable half("ones", {2}, {.dtype = DType::f16});
  CHECK(half.value().dtype() == DType::f32);
  CHECK(keras::VariableAccess::stored(half).byte_size() == 4);
  half.assign(tensor_of(Shape{2}, {1.0F / 3, 70000}));
  CHECK(half.value().data()[0] == f16_to_float(float_to_f16(1.0F / 3)));
  CHECK(std::isinf(half.value().data()[1]));
  keras::Variable one("ones", {}, {.dtype = DType::f16});
  one.assign(1 + 0x1p-11 + 0x1p-40);  // a float32 in between would round to 1 + 2^-11, and that to 1
  CHECK(one.item() == 1 + 0x1p-10F);
  keras::Variable count("zeros", {}, {.dtype = DType::i32, .trainable = false});
  count.assign(-2.75F);
  CHECK(count.item<int>() == -2);
  count.assign(3e9);
  CHECK(count.item<int>() == std::numeric_limits<int>::max());
  count.assign(std::nan(""));
  CHECK(count.item() == 0);
  const keras::Variable flag("ones", {}, {.dtype = DType::boolean});
  CHECK(flag.item<bool>());
  CHECK(*flag.value().data<bool>());
}

TEST_CASE("variable: another shape is refused and nothing has changed", "[keras][error]") {
  keras::Variable variable("ones", {2, 2}, {.name = "w"});
  CHECK(error_of([&] { variable.assign(Tensor(Shape{4})); }) ==
        Failure{"MISMATCH", "w: has shape [2, 2], is assigned a value of shape [4]"});
  CHECK(error_of([&] { variable.assign(1.0F); }).message == "w: has shape [2, 2], is assigned one number");
  CHECK(error_of([&] { variable.item(); }).message == "w: has shape [2, 2], expected one element");
  CHECK(error_of([&] { variable.assign(TensorView<const float>(nullptr, Shape{2, 2})); }).code == "MISMATCH");
  CHECK(variable.value().data()[3] == 1);
}

TEST_CASE("variable: a dtype or size that cannot be is refused", "[keras][error]") {
  CHECK(error_of([] { keras::Variable v("ones", {2}, {.dtype = DType::f8_e4m3fn, .name = "w"}); }) ==
        Failure{"UNSUP", "w: is given the dtype float8_e4m3fn, which a variable cannot have"});
  CHECK(error_of([] { keras::Variable v("ones", {2}, {.dtype = DType::other}); }).code == "UNSUP");
  CHECK(error_of([] {
          keras::Variable v("ones", {2, -1}, {.name = "w"});
        }) == Failure{"RANGE", "w: has shape [2, -1], expected sizes that are known"});
  CHECK(error_of([] { keras::Variable v("no_such", {2}); }).code == "UNSUP");
}

TEST_CASE("variable: one number is converted once, as numpy's astype", "[keras]") {
  keras::Variable real("zeros", {});
  real.assign(0.5);
  CHECK(real.item<bool>());
  CHECK(real.item<int>() == 0);
  real.assign(std::numeric_limits<std::uint64_t>::max());
  CHECK(real.item() == 0x1p64F);
  keras::Variable wide("zeros", {}, {.dtype = DType::f64});
  wide.assign((std::uint64_t{1} << 63) + 4096);
  CHECK(wide.item<double>() == 0x1p63 + 4096);
  keras::Variable integer("zeros", {}, {.dtype = DType::i64});
  const std::int64_t above_half = (std::int64_t{1} << 60) + (std::int64_t{1} << 36) + 1;
  integer.assign(above_half);
  CHECK(integer.item() == static_cast<float>(above_half));
  integer.assign(std::numeric_limits<std::uint64_t>::max());
  CHECK(integer.item<std::uint64_t>() == std::numeric_limits<std::uint64_t>::max());
}
