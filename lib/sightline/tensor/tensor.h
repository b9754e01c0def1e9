// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include "sightline/tensor/dtype.h"
#include "sightline/tensor/shape.h"

namespace sightline {

/// Report failed checks of `TensorView` and `Tensor`. Errors: mismatch, range or type.
[[noreturn]] void fail_reshape(const Shape& from, const Shape& to);
[[noreturn]] void fail_slice(std::int64_t begin, std::int64_t count, const Shape& shape);
[[noreturn]] void fail_dtype(DType dtype, std::size_t value_size);

/// A non-owning view of a contiguous, row-major tensor; passed by value. A default-constructed view is empty.
/// `TensorView<float>` converts to `TensorView<const float>`.
template <class T>
class TensorView {
 public:
  TensorView() : shape_{0} {}
  TensorView(T* data, Shape shape) : data_(data), shape_(shape) {}
  template <class U>
  requires(std::is_same_v<T, const U>) TensorView(TensorView<U> other)
      : data_(other.data()), shape_(other.shape()) {}  // NOLINT: implicit on purpose

  T* data() const { return data_; }
  const Shape& shape() const { return shape_; }
  std::int64_t elements() const { return shape_.elements(); }
  /// Rows and columns of the tensor viewed as a matrix [rows, last]. Errors: range for rank 0.
  std::int64_t rows() const { return shape_.rows(); }
  std::int64_t columns() const { return shape_.last(); }

  std::span<T> flat() const { return {data_, static_cast<std::size_t>(elements())}; }
  /// `index` must be a valid row; release builds do not check it.
  std::span<T> row(std::int64_t index) const {
    assert(index >= 0 && index < rows());
    return {data_ + index * columns(), static_cast<std::size_t>(columns())};
  }
  /// Rows [begin, begin + count) as [count, columns]. Errors: range if a row does not exist.
  TensorView slice_rows(std::int64_t begin, std::int64_t count) const {
    if (begin < 0 || count < 0 || begin > rows() || count > rows() - begin) fail_slice(begin, count, shape_);
    return {data_ + begin * columns(), Shape{count, columns()}};
  }
  /// The same values in another shape. Errors: mismatch if the number of elements differs.
  TensorView reshaped(Shape shape) const {
    if (shape.elements() != elements()) fail_reshape(shape_, shape);
    return {data_, shape};
  }

 private:
  T* data_ = nullptr;
  Shape shape_;
};

/// Owns its values: contiguous, row-major, 64-byte aligned, initially uninitialised. Movable, not copyable. A
/// default-constructed or moved-from tensor is empty: its shape is [0].
class Tensor {
 public:
  Tensor() : shape_{0} {}
  /// Errors: range for a negative size and for a byte size that exceeds 63 bits; type for `DType::other`;
  /// std::bad_alloc.
  explicit Tensor(Shape shape, DType dtype = DType::f32);
  Tensor(Tensor&& other) noexcept;
  Tensor& operator=(Tensor&& other) noexcept;
  ~Tensor() = default;

  const Shape& shape() const { return shape_; }
  DType dtype() const { return dtype_; }
  bool empty() const { return data_ == nullptr; }

  /// The values. Errors: type if `T` is not the C++ type of the tensor's dtype (`holds`).
  template <class T = float>
  T* data() {
    check<T>();
    return reinterpret_cast<T*>(data_.get());
  }
  template <class T = float>
  const T* data() const {
    check<T>();
    return reinterpret_cast<const T*>(data_.get());
  }
  /// The whole tensor. Errors: as `data`.
  template <class T = float>
  TensorView<T> view() {
    return {data<T>(), shape_};
  }
  template <class T = float>
  TensorView<const T> view() const {
    return {data<T>(), shape_};
  }
  /// Converts implicitly to a view of the tensor's type. Errors: as `data`.
  template <class T>
  operator TensorView<const T>() const {  // NOLINT: implicit on purpose
    return view<T>();
  }

  /// The values as bytes, whatever the dtype.
  std::span<std::byte> bytes() { return {data_.get(), byte_size()}; }
  std::span<const std::byte> bytes() const { return {data_.get(), byte_size()}; }

 private:
  template <class T>
  void check() const {
    if (!holds<T>(dtype_)) fail_dtype(dtype_, sizeof(T));
  }
  std::size_t byte_size() const { return static_cast<std::size_t>(shape_.elements() * size_of(dtype_)); }

  struct Free {
    void operator()(std::byte* pointer) const;
  };
  std::unique_ptr<std::byte[], Free> data_;
  Shape shape_;
  DType dtype_ = DType::f32;
};

}  // namespace sightline
