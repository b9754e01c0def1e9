// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "sightline/keras/variable.h"
#include "sightline/tensor/dtype.h"
#include "sightline/tensor/shape.h"
#include "sightline/tensor/tensor.h"

namespace sightline::keras::ops {

/// What the operations take: a tensor, a view or a variable. Holds a view: made from each implicitly and
/// valid as long as what it was made from; for parameters only.
class Operand {
 public:
  // NOLINTBEGIN(google-explicit-constructor): implicit on purpose
  Operand(const Tensor& tensor);
  Operand(TensorView<const float> view) : Operand(DType::f32, view.shape(), view.data()) {}
  Operand(TensorView<float> view) : Operand(DType::f32, view.shape(), view.data()) {}
  Operand(TensorView<const double> view) : Operand(DType::f64, view.shape(), view.data()) {}
  Operand(TensorView<double> view) : Operand(DType::f64, view.shape(), view.data()) {}
  Operand(TensorView<const std::int64_t> view) : Operand(DType::i64, view.shape(), view.data()) {}
  Operand(TensorView<std::int64_t> view) : Operand(DType::i64, view.shape(), view.data()) {}
  Operand(TensorView<const std::int32_t> view) : Operand(DType::i32, view.shape(), view.data()) {}
  Operand(TensorView<std::int32_t> view) : Operand(DType::i32, view.shape(), view.data()) {}
  Operand(const Variable& variable);
  // NOLINTEND(google-explicit-constructor)

  const Shape& shape() const { return shape_; }
  DType dtype() const { return dtype_; }
  /// The elements, of `dtype()`, without alignment; 16-bit patterns for float16 and bfloat16.
  const void* data() const { return data_; }

 private:
  Operand(DType dtype, const Shape& shape, const void* data) : dtype_(dtype), shape_(shape), data_(data) {}

  DType dtype_;
  Shape shape_;
  const void* data_;
  std::shared_ptr<const VariableValue> kept_;
};

/// float32. Errors: range for a size below 0.
Tensor zeros(const Shape& shape);
Tensor ones(const Shape& shape);

// The result of two operands is float64 where one of them is, else float32 where one is floating-point, else
// int64 where one is, else int32. Integers wrap.

/// The matrix product of the last two axes, the axes before them broadcast, as numpy's matmul.
/// Shapes:  [..., M, K] x [..., K, N] -> [..., M, N]; a vector is one row on the left, one column on the
/// right. Errors:  mismatch for inner sizes that differ, axes that cannot be broadcast, and rank 0.
Tensor matmul(const Operand& a, const Operand& b);
/// Element by element; axes are broadcast from the last as in numpy. Errors: mismatch.
Tensor add(const Operand& a, const Operand& b);
Tensor multiply(const Operand& a, const Operand& b);
/// The sum of all elements; rank 0. Floating-point sums are taken in double.
Tensor sum(const Operand& values);

}  // namespace sightline::keras::ops

namespace sightline::keras {

using ops::Operand;
inline Tensor operator+(const Operand& a, const Operand& b) { return ops::add(a, b); }
inline Tensor operator*(const Operand& a, const Operand& b) { return ops::multiply(a, b); }

}  // namespace sightline::keras

namespace sightline {

// For operands that are tensors or views only, which are found here.
using keras::operator+;
using keras::operator*;

}  // namespace sightline
