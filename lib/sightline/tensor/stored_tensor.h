// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "sightline/base/bytes.h"
#include "sightline/tensor/dtype.h"
#include "sightline/tensor/panel_layout.h"
#include "sightline/tensor/shape.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// A weight matrix as panels, ready for the native kernels. The bytes belong to a file.
struct StoredPanels {
  PanelLayout layout;
  ByteView bytes;
  PanelScales scales;  ///< of int8 panels
};

/// A tensor as stored in a weight file: little-endian, row-major bytes of any alignment, owned by the file. A
/// deferred tensor instead computes its bytes on first use (transposed or dequantized, for example); its
/// copies share them. const = safe to share.
class StoredTensor {
 public:
  /// Fills a span of `byte_size()` bytes. Every call writes the same bytes; may be called from any thread.
  using ByteWriter = std::function<void(std::span<std::byte>)>;
  /// Returns the element at a row-major index without computing the others: a view of stored bytes, or of
  /// `scratch`, which has the size of one element.
  using ElementFinder = std::function<ByteView(std::int64_t index, std::span<std::byte> scratch)>;

  StoredTensor() = default;
  /// `mapped`: the bytes belong to a file that is mapped read-only, so their pages can be dropped and are
  /// read again on the next access.
  StoredTensor(DType type, const Shape& sizes, ByteView bytes, bool mapped = false)
      : dtype(type), shape(sizes), bytes_(bytes), mapped_(mapped) {}
  /// Everything that `write` and `find_element` use must outlive the tensor and its copies. Errors: type for
  /// dtype `other`; range if the size in bytes exceeds 63 bits.
  static StoredTensor deferred(DType dtype, const Shape& shape, ByteWriter write,
                               ElementFinder find_element = nullptr);
  /// A matrix that a file stores as panels. It is a deferred tensor of `shape` [out, ...], whose bytes are
  /// rows in the panels' element type (float32 for int8), and `panels()` gives the panels themselves. The
  /// owner of `panels` also keeps `scales`. `mapped`: as for the constructor. Errors: type if there are no
  /// panels of this type; range for an empty shape; mismatch if `panels` has another size; those of
  /// `PanelScales::check`.
  static StoredTensor from_panels(DType dtype, const Shape& shape, ByteView panels,
                                  const PanelScales& scales = {}, bool mapped = false);

  DType dtype = DType::other;
  Shape shape;

  /// The bytes, valid as long as their owner, or, if the tensor is deferred, as long as it or one of its
  /// copies. The first call on a deferred tensor computes the bytes, and they are kept. Errors: those of its
  /// writer; std::bad_alloc.
  ByteView bytes() const;
  /// Size in bytes; computes no bytes.
  std::int64_t byte_size() const;
  /// Writes the bytes into `out` (byte_size() bytes) without keeping them. Errors: as `bytes`.
  void copy_bytes(std::span<std::byte> out) const;
  /// The bytes of one element at a row-major index: a view of stored bytes, or of `scratch` (size_of(dtype)
  /// bytes). No other element is computed, unless the tensor is deferred without an ElementFinder; then this
  /// computes all, like `bytes`. Errors: as `bytes`.
  ByteView element(std::int64_t index, std::span<std::byte> scratch) const;
  bool is_deferred() const { return deferred_ != nullptr; }
  /// The panels of a tensor made by `from_panels`, else null. Valid as long as this tensor and their owner.
  const StoredPanels* panels() const { return panels_.get(); }
  bool mapped() const { return mapped_; }
  /// Maps the pages of a part of `bytes()` or of the panels at once and ahead of their use, if the bytes are
  /// mapped: a page that is not mapped cannot be prefetched.
  void map_pages(ByteView part) const;
  /// Releases the memory of mapped bytes or panels; the next access reads them from the file again.
  void drop_pages() const;
  /// The bytes as float32 without a copy; nullptr if they have another type or are not aligned to 4. Computes
  /// the bytes of a deferred tensor.
  const float* as_float() const;

 private:
  struct Deferred;
  ByteView bytes_;
  bool mapped_ = false;
  std::shared_ptr<Deferred> deferred_;
  std::shared_ptr<const StoredPanels> panels_;
};

/// The bytes of a tensor for the lifetime of this object, which owns them if the tensor is deferred.
class TransientBytes {
 public:
  /// Errors: as `StoredTensor::bytes`.
  explicit TransientBytes(const StoredTensor& tensor);
  ByteView view() const { return view_; }

 private:
  std::unique_ptr<std::byte[]> materialized_;
  ByteView view_;
};

/// Converts a floating-point stored tensor into `out` (elements() floats).
/// Errors: type if `tensor` is not floating-point.
void to_float(const StoredTensor& tensor, std::span<float> out);
/// The same, into a new tensor.
Tensor to_float(const StoredTensor& tensor);

}  // namespace sightline
