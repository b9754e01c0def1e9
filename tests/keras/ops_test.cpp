// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "keras/example_layers.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;
namespace ops = keras::ops;

TEST_CASE("ops: tensors, views and variables are operands alike", "[keras]") {
  Tensor tensor = tensor_of(Shape{2}, {1, 2});
  const keras::Variable variable(tensor), half(tensor, {.dtype = DType::f16});
  const std::vector<float> twice{2, 4}, squares{1, 4};
  CHECK(floats_of(tensor + variable) == twice);
  CHECK(floats_of(variable + variable) == twice);
  CHECK(floats_of(tensor + tensor) == twice);
  CHECK(floats_of(tensor.view() + half) == twice);
  CHECK(floats_of(std::as_const(tensor).view() * tensor) == squares);
  CHECK(floats_of(half * variable) == squares);
  CHECK(*ops::sum(variable).data() == 3);
  CHECK(ops::sum(variable).shape() == Shape{});
  CHECK(floats_of(ops::zeros({2}) + ops::ones({2})) == std::vector<float>{1, 1});
}

TEST_CASE("ops: the last axes are broadcast as in numpy", "[keras][error]") {
  const Tensor column = tensor_of(Shape{2, 1}, {1, 2}), row = tensor_of(Shape{3}, {10, 20, 30});
  const Tensor table = ops::add(column, row);
  CHECK(table.shape() == Shape{2, 3});
  CHECK(floats_of(table) == std::vector<float>{11, 21, 31, 12, 22, 32});
  CHECK(floats_of(ops::multiply(row, filled(Shape{}, 2))) == std::vector<float>{20, 40, 60});
  CHECK(ops::add(filled(Shape{4, 1, 2}, 1), filled(Shape{5, 1}, 1)).shape() == Shape{4, 5, 2});
  CHECK(ops::add(Tensor(Shape{0, 3}), row).shape() == Shape{0, 3});
  CHECK(error_of([&] { ops::add(row, filled(Shape{2}, 1)); }) ==
        Failure{"MISMATCH", "add: has operands of shapes [3] and [2]"});
  CHECK(error_of([&] { ops::multiply(filled(Shape{2, 3}, 1), filled(Shape{2}, 1)); }).code == "MISMATCH");
}

TEST_CASE("ops: a product of matrices is numpy's matmul", "[keras][error]") {
  const Tensor a = tensor_of(Shape{2, 3}, {1, 2, 3, 4, 5, 6}), b = tensor_of(Shape{3, 2}, {1, 0, 0, 1, 1, 1});
  const Tensor ab = ops::matmul(a, b);
  CHECK(ab.shape() == Shape{2, 2});
  CHECK(floats_of(ab) == std::vector<float>{4, 5, 10, 11});
  const Tensor v = tensor_of(Shape{3}, {1, 1, 1});
  CHECK(ops::matmul(a, v).shape() == Shape{2});
  CHECK(floats_of(ops::matmul(a, v)) == std::vector<float>{6, 15});
  CHECK(floats_of(ops::matmul(v, b)) == std::vector<float>{2, 2});
  CHECK(ops::matmul(v, v).shape() == Shape{});
  CHECK(*ops::matmul(v, v).data() == 3);
  const Tensor batch = ops::add(ops::zeros({4, 1, 1}), a);  // [4, 2, 3]
  const Tensor product = ops::matmul(batch, b);
  CHECK(product.shape() == Shape{4, 2, 2});
  CHECK(floats_of(product)[14] == 10);
  CHECK(ops::matmul(filled(Shape{5, 1, 2, 3}, 1), filled(Shape{4, 3, 1}, 1)).shape() == Shape{5, 4, 2, 1});
  CHECK(floats_of(ops::matmul(Tensor(Shape{2, 0}), Tensor(Shape{0, 2}))) == std::vector<float>(4, 0));
  for (const Shape& wrong : {Shape{}, Shape{2}, Shape{2, 3}, Shape{4, 2, 3}})
    CHECK(error_of([&] { ops::matmul(a, filled(wrong, 1)); }).code == "MISMATCH");
  CHECK(error_of([&] { ops::matmul(filled(Shape{}, 1), a); }).code == "MISMATCH");
  CHECK(error_of([&] {
          ops::matmul(filled(Shape{2, 2, 3}, 1), filled(Shape{5, 3, 1}, 1));
        }).code == "MISMATCH");
}

TEST_CASE("ops: an operand without elements may have other sizes as large as they come", "[keras]") {
  const std::int64_t huge = std::int64_t{1} << 40;
  const Tensor none(Shape{0, huge, huge});
  CHECK(ops::add(none, none).shape() == Shape{0, huge, huge});
  CHECK(ops::matmul(none, none).shape() == Shape{0, huge, huge});
}

TEST_CASE("ops: integers and float64 are not rounded to float32", "[keras]") {
  const keras::Variable large(keras::initializers::Constant((std::int64_t{1} << 53) + 1), {},
                              {.dtype = DType::i64});
  const keras::Variable one("ones", {}, {.dtype = DType::i32});
  const Tensor sum = large + one;
  CHECK(sum.dtype() == DType::i64);
  CHECK(*sum.data<std::int64_t>() == (std::int64_t{1} << 53) + 2);
  const keras::Variable tenth(keras::initializers::Constant(0.1), {}, {.dtype = DType::f64});
  CHECK(*(tenth * one).data<double>() == 0.1);
  CHECK((one * ops::ones({})).dtype() == DType::f32);
  const keras::Variable top(keras::initializers::Constant(std::numeric_limits<std::int32_t>::max()), {},
                            {.dtype = DType::i32});
  CHECK(*(top + one).data<std::int32_t>() == std::numeric_limits<std::int32_t>::min());
  CHECK(error_of([] { ops::sum(TensorView<const float>(nullptr, Shape{2})); }).code == "MISMATCH");
}
