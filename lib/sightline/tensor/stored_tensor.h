// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "sightline/base/bytes.h"
#include "sightline/tensor/dtype.h"
#include "sightline/tensor/shape.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

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
