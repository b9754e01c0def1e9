// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <type_traits>

#include "sightline/base/bytes.h"
#include "sightline/tensor/dtype.h"
#include "sightline/tensor/shape.h"

namespace sightline {

/// A contiguous, row-major tensor somebody else owns; passed by value. `TensorView<float>` converts to
/// `TensorView<const float>`.
template <class T>
class TensorView {
 public:
  TensorView() = default;
  TensorView(T* data, Shape shape) : data_(data), shape_(shape) {}
  template <class U>
  requires(std::is_same_v<T, const U>) TensorView(TensorView<U> other)
      : data_(other.data()), shape_(other.shape()) {}  // NOLINT: implicit on purpose

  T* data() const { return data_; }
  const Shape& shape() const { return shape_; }
  std::int64_t elements() const { return shape_.elements(); }
  /// Rows and columns of the tensor seen as a matrix [rows, last].
  std::int64_t rows() const { return shape_.rows(); }
  std::int64_t columns() const { return shape_.last(); }

  std::span<T> flat() const { return {data_, static_cast<std::size_t>(elements())}; }
  std::span<T> row(std::int64_t index) const {
    assert(index >= 0 && index < rows());
    return {data_ + index * columns(), static_cast<std::size_t>(columns())};
  }
  /// Rows [begin, begin + count) as [count, columns].
  TensorView slice_rows(std::int64_t begin, std::int64_t count) const {
    assert(begin >= 0 && count >= 0 && begin + count <= rows());
    return {data_ + begin * columns(), Shape{count, columns()}};
  }
  TensorView reshaped(Shape shape) const {
    assert(shape.elements() == elements());
    return {data_, shape};
  }

 private:
  T* data_ = nullptr;
  Shape shape_;
};

/// Owns float32 values, 64-byte aligned, not initialised. Movable, not copyable.
class Tensor {
 public:
  Tensor() = default;
  /// Errors: range when the shape does not fit memory; std::bad_alloc.
  explicit Tensor(Shape shape);

  const Shape& shape() const { return shape_; }
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  TensorView<float> view() { return {data_.get(), shape_}; }
  TensorView<const float> view() const { return {data_.get(), shape_}; }
  bool empty() const { return data_ == nullptr; }

 private:
  struct Free {
    void operator()(float* pointer) const;
  };
  std::unique_ptr<float[], Free> data_;
  Shape shape_;
};

/// A tensor as it lies in a weight file: little-endian, row-major bytes of any alignment that the file owns.
/// Or a deferred one, whose bytes (transposed, dequantised) are made when they are asked for; copies share
/// them. const = safe to share.
class StoredTensor {
 public:
  /// Fills a span of `byte_size()` bytes, the same whenever it is called, from any thread.
  using ByteWriter = std::function<void(std::span<std::byte>)>;
  /// The element of this index, in row-major order, without making the others: where it lies, or made in
  /// `scratch`, which is as long as an element.
  using ElementFinder = std::function<ByteView(std::int64_t index, std::span<std::byte> scratch)>;

  StoredTensor() = default;
  /// `mapped`: the bytes are a file mapped read-only: its pages can be dropped and come back.
  StoredTensor(DType type, const Shape& sizes, ByteView bytes, bool mapped = false)
      : dtype(type), shape(sizes), bytes_(bytes), mapped_(mapped) {}
  /// What `write` and `find_element` use must outlive the tensor and its copies. Errors: type for dtype
  /// `other`; range when the bytes do not fit 63 bits.
  static StoredTensor deferred(DType dtype, const Shape& shape, ByteWriter write,
                               ElementFinder find_element = nullptr);

  DType dtype = DType::other;
  Shape shape;

  /// The bytes; valid as long as their owner, or this tensor and its copies. Those of a deferred tensor are
  /// made by the first call and kept. Errors: what its writer throws; std::bad_alloc.
  ByteView bytes() const;
  /// The bytes' number; makes nothing.
  std::int64_t byte_size() const;
  /// Writes the bytes into `out` (byte_size() bytes) and keeps nothing. Errors: as `bytes`.
  void copy_bytes(std::span<std::byte> out) const;
  /// The bytes of the element `index`, in row-major order: where they lie, or made in `scratch`
  /// (size_of(dtype) bytes). Of a deferred tensor too this touches nothing else, unless its maker does not
  /// say how: then it is as `bytes`. Errors: as `bytes`.
  ByteView element(std::int64_t index, std::span<std::byte> scratch) const;
  bool is_deferred() const { return deferred_ != nullptr; }
  bool mapped() const { return mapped_; }
  /// Gives the memory of mapped bytes back: they come again from the file when they are asked for.
  void drop_pages() const;
  /// The bytes as float32 without a copy, or nullptr when they are of another type or not aligned to 4. A
  /// deferred tensor's are made by it.
  const float* as_float() const;

 private:
  struct Deferred;
  ByteView bytes_;
  bool mapped_ = false;
  std::shared_ptr<Deferred> deferred_;
};

/// The bytes of a tensor for as long as a scope: a deferred tensor's are made here, and go with it.
class TransientBytes {
 public:
  /// Errors: as `StoredTensor::bytes`.
  explicit TransientBytes(const StoredTensor& tensor);
  ByteView view() const { return view_; }

 private:
  std::unique_ptr<std::byte[]> made_;
  ByteView view_;
};

/// Converts a floating-point stored tensor into `out` (elements() floats).
/// Errors: type when it is not floating-point.
void to_float(const StoredTensor& tensor, std::span<float> out);
/// The same into a tensor of its own.
Tensor to_float(const StoredTensor& tensor);

}  // namespace sightline
