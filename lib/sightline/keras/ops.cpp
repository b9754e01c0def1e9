// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/ops.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/keras/value_conversion.h"
#include "sightline/keras/variable_access.h"
#include "sightline/ops/matmul.h"

namespace sightline::keras::ops {
namespace {

[[noreturn]] void refuse(const char* operation, const Shape& a, const Shape& b) {
  fail(ErrorCode::mismatch, operation, "has operands of shapes " + to_string(a) + " and " + to_string(b));
}

DType result_dtype(const Operand& a, const Operand& b) {
  const auto either = [&](auto&& is_so) { return is_so(a.dtype()) || is_so(b.dtype()); };
  if (either([](DType type) { return type == DType::f64; })) return DType::f64;
  if (either(is_floating)) return DType::f32;
  return either([](DType type) { return type == DType::i64; }) ? DType::i64 : DType::i32;
}

// Calls work(T{}) with the C++ type of a result's dtype.
template <class Work>
Tensor with_type(DType dtype, Work work) {
  if (dtype == DType::f64) return work(0.0);
  if (dtype == DType::f32) return work(0.0F);
  if (dtype == DType::i64) return work(std::int64_t{0});
  return work(std::int32_t{0});
}

// The elements of an operand as T: where they are, or a converted copy.
template <class T>
class Elements {
 public:
  explicit Elements(const Operand& operand) {
    const std::int64_t count = operand.shape().elements();
    if (operand.data() == nullptr && count > 0)
      fail(ErrorCode::mismatch, "operand", "is an empty view, expected values");
    const bool is_aligned = reinterpret_cast<std::uintptr_t>(operand.data()) % alignof(T) == 0;
    data_ = static_cast<const T*>(operand.data());
    if (operand.dtype() == kDTypeOf<T> && is_aligned) return;
    copy_.resize(static_cast<std::size_t>(count));
    const auto bytes = static_cast<std::size_t>(count * size_of(operand.dtype()));
    convert_elements(operand.dtype(), {static_cast<const std::byte*>(operand.data()), bytes}, kDTypeOf<T>,
                     std::as_writable_bytes(std::span(copy_)));
    data_ = copy_.data();
  }
  const T* data() const { return data_; }

 private:
  const T* data_;
  std::vector<T> copy_;
};

// How the axes [0, rank) of a result walk over an operand: 0 where its size 1 is repeated.
using Strides = std::array<std::int64_t, Shape::kMaxRank>;

std::int64_t size_at(const Shape& shape, int axis, int rank) {
  const int own = axis - (rank - shape.rank());
  return own < 0 ? 1 : shape[own];
}

Strides strides_of(const Shape& shape, int rank, std::int64_t innermost) {
  Strides strides{};
  std::int64_t stride = innermost;
  for (int axis = rank - 1; axis >= 0; --axis) {
    const std::int64_t size = size_at(shape, axis, rank);
    strides[static_cast<std::size_t>(axis)] = size == 1 ? 0 : stride;
    stride *= size;
  }
  return strides;
}

Shape broadcast(const char* operation, const Shape& a, const Shape& b, const Shape& whole_a,
                const Shape& whole_b) {
  const int rank = std::max(a.rank(), b.rank());
  std::vector<std::int64_t> sizes;
  for (int axis = 0; axis < rank; ++axis) {
    const std::int64_t left = size_at(a, axis, rank), right = size_at(b, axis, rank);
    if (left != right && left != 1 && right != 1) refuse(operation, whole_a, whole_b);
    sizes.push_back(left == 1 ? right : left);
  }
  return Shape(std::span<const std::int64_t>(sizes));
}

// Calls visit(index, offset in a, offset in b) for every element of `shape`, in order.
template <class Visit>
void for_each_pair(const Shape& shape, const Strides& a, const Strides& b, Visit visit) {
  const std::int64_t count = shape.elements();
  Strides position{};
  std::int64_t at_a = 0, at_b = 0;
  for (std::int64_t index = 0; index < count; ++index) {
    visit(index, at_a, at_b);
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      const auto i = static_cast<std::size_t>(axis);
      at_a += a[i];
      at_b += b[i];
      if (++position[i] < shape[axis]) break;
      at_a -= a[i] * shape[axis];
      at_b -= b[i] * shape[axis];
      position[i] = 0;
    }
  }
}

// Integers wrap: their arithmetic is that of the unsigned type.
template <class T>
T sum_of(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
  } else {
    return a + b;
  }
}
template <class T>
T product_of(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<U>(a) * static_cast<U>(b));
  } else {
    return a * b;
  }
}

template <class Combine>
Tensor elementwise(const char* operation, const Operand& a, const Operand& b, Combine combine) {
  const Shape shape = broadcast(operation, a.shape(), b.shape(), a.shape(), b.shape());
  return with_type(result_dtype(a, b), [&]<class T>(T) {
    const Elements<T> left(a), right(b);
    Tensor result(shape, kDTypeOf<T>);
    if (shape.elements() == 0) return result;  // products of the other sizes may not fit 63 bits
    T* out = result.data<T>();
    for_each_pair(shape, strides_of(a.shape(), shape.rank(), 1), strides_of(b.shape(), shape.rank(), 1),
                  [&](std::int64_t i, std::int64_t at_a, std::int64_t at_b) {
                    out[i] = combine(left.data()[at_a], right.data()[at_b]);
                  });
    return result;
  });
}

template <class T>
void multiply_matrices(const T* a, const T* b, T* out, std::int64_t m, std::int64_t k, std::int64_t n) {
  if constexpr (std::is_same_v<T, float>) {
    if (k > 0) return matmul_nn(a, b, out, {m, n, k, k, n, n});
  }
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      T sum = 0;
      for (std::int64_t l = 0; l < k; ++l) sum = sum_of(sum, product_of(a[i * k + l], b[l * n + j]));
      out[i * n + j] = sum;
    }
  }
}

// The axes before the last two.
Shape batch_of(const Shape& shape) {
  return Shape(shape.sizes().first(static_cast<std::size_t>(std::max(shape.rank() - 2, 0))));
}

Shape product_shape(const Shape& batch, const Shape& a, const Shape& b) {
  std::vector<std::int64_t> sizes(batch.sizes().begin(), batch.sizes().end());
  if (a.rank() > 1) sizes.push_back(a[a.rank() - 2]);
  if (b.rank() > 1) sizes.push_back(b.last());
  return Shape(std::span<const std::int64_t>(sizes));
}

Tensor filled(const Shape& shape, float value) {
  Tensor result(shape);
  std::fill_n(result.data(), shape.elements(), value);
  return result;
}

}  // namespace

Operand::Operand(const Tensor& tensor) : Operand(tensor.dtype(), tensor.shape(), tensor.bytes().data()) {
  check_variable_dtype(dtype_, "operand");
}

Operand::Operand(const Variable& variable)
    : dtype_(variable.dtype()),
      shape_(variable.shape()),
      data_(nullptr),
      kept_(VariableAccess::value(variable)) {
  data_ = kept_->stored.bytes().data();
}

Tensor zeros(const Shape& shape) { return filled(shape, 0); }
Tensor ones(const Shape& shape) { return filled(shape, 1); }

Tensor add(const Operand& a, const Operand& b) {
  return elementwise("add", a, b, [](auto x, auto y) { return sum_of(x, y); });
}

Tensor multiply(const Operand& a, const Operand& b) {
  return elementwise("multiply", a, b, [](auto x, auto y) { return product_of(x, y); });
}

Tensor matmul(const Operand& a, const Operand& b) {
  if (a.shape().rank() == 0 || b.shape().rank() == 0) refuse("matmul", a.shape(), b.shape());
  const std::int64_t m = a.shape().rank() == 1 ? 1 : a.shape()[a.shape().rank() - 2];
  const std::int64_t k = a.shape().last(), n = b.shape().rank() == 1 ? 1 : b.shape().last();
  const std::int64_t inner = b.shape().rank() == 1 ? b.shape()[0] : b.shape()[b.shape().rank() - 2];
  if (k != inner) refuse("matmul", a.shape(), b.shape());
  const Shape batch_a = batch_of(a.shape()), batch_b = batch_of(b.shape());
  const Shape batch = broadcast("matmul", batch_a, batch_b, a.shape(), b.shape());
  return with_type(result_dtype(a, b), [&]<class T>(T) {
    const Elements<T> left(a), right(b);
    Tensor result(product_shape(batch, a.shape(), b.shape()), kDTypeOf<T>);
    if (result.shape().elements() == 0) return result;  // likewise
    T* out = result.data<T>();
    for_each_pair(batch, strides_of(batch_a, batch.rank(), m * k), strides_of(batch_b, batch.rank(), k * n),
                  [&](std::int64_t i, std::int64_t at_a, std::int64_t at_b) {
                    multiply_matrices(left.data() + at_a, right.data() + at_b, out + i * m * n, m, k, n);
                  });
    return result;
  });
}

Tensor sum(const Operand& values) {
  return with_type(result_dtype(values, values), [&]<class T>(T) {
    using Total = std::conditional_t<std::is_integral_v<T>, T, double>;
    const Elements<T> elements(values);
    Total total = 0;
    const std::int64_t count = values.shape().elements();
    for (std::int64_t i = 0; i < count; ++i) total = sum_of(total, static_cast<Total>(elements.data()[i]));
    Tensor result(Shape{}, kDTypeOf<T>);
    *result.data<T>() = static_cast<T>(total);
    return result;
  });
}

}  // namespace sightline::keras::ops
