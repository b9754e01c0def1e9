// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "sightline/base/bytes.h"
#include "sightline/tensor/dtype.h"
#include "sightline/tensor/shape.h"

namespace sightline {

/// The arrangement of a weight matrix [out, in] from which the native kernels multiply, one for each element
/// type and the same for every processor. Outputs are cut into panels of 48 columns; the last panel is as
/// narrow as a multiple of 16 allows, and columns beyond the matrix are zero. Inside a panel the element of
/// input k and column n lies at (k / g * width + n) * g + k % g, where g is `group()`, the number of inputs
/// that one instruction multiplies: 1 for float32 and float16, 2 for bfloat16, 4 for int8. Inputs are padded
/// with zeros to a multiple of g.
class PanelLayout {
 public:
  static constexpr std::int64_t kColumns = 48;  ///< columns of a full panel
  static constexpr std::int64_t kStep = 16;     ///< the width of every panel is a multiple of it

  /// Whether panels of this element type exist.
  static bool supports(DType element);
  /// Errors: type if there are no panels of this type; range if a size is less than 1 or the size in bytes
  /// exceeds 63 bits.
  PanelLayout(DType element, std::int64_t out, std::int64_t in);

  DType element() const { return element_; }
  std::int64_t out() const { return out_; }
  std::int64_t in() const { return in_; }
  std::int64_t group() const { return group_; }
  /// `in()`, rounded up to a multiple of `group()`.
  std::int64_t padded_in() const { return padded_in_; }

  /// Number of panels.
  std::int64_t count() const { return (out_ + kColumns - 1) / kColumns; }
  /// Number of columns of the matrix in panel `index`, and the width of the panel itself.
  std::int64_t columns(std::int64_t index) const { return std::min(kColumns, out_ - index * kColumns); }
  std::int64_t width(std::int64_t index) const { return (columns(index) + kStep - 1) / kStep * kStep; }
  /// Number of elements of a full panel, of the panels before panel `index`, and of all panels.
  std::int64_t panel_elements() const { return kColumns * padded_in_; }
  std::int64_t offset(std::int64_t index) const { return index * panel_elements(); }
  std::int64_t elements() const { return offset(count() - 1) + width(count() - 1) * padded_in_; }
  std::int64_t byte_size() const { return elements() * size_of(element_); }

  /// Index, among all elements, of the weight from input `k` to output `n`.
  std::int64_t position(std::int64_t n, std::int64_t k) const {
    const std::int64_t panel = n / kColumns;
    return offset(panel) + (k / group_ * width(panel) + n % kColumns) * group_ + k % group_;
  }

 private:
  DType element_;
  std::int64_t out_, in_, group_, padded_in_;
};

/// What int8 panels mean. The weight from input k to output n is inputs[k] * columns[n] times the stored
/// integer. All members are views of memory that the owner of the panels keeps.
struct PanelScales {
  /// The largest number of inputs of int8 panels: the sum of so many products of a byte and an int8 fits into
  /// 32 bits.
  static constexpr std::int64_t kMaxInputs = 1 << 16;

  std::span<const float> columns;      ///< [out]
  std::span<const std::int32_t> sums;  ///< [out], the sum of the integers of each output
  std::span<const float> inputs;       ///< [in]; empty: all 1. Activations are multiplied by it first

  /// Checks the sizes. Errors: mismatch if they do not match `layout`, or if its type needs no scales and
  /// there are some; range for more than kMaxInputs inputs.
  void check(const PanelLayout& layout) const;
};

/// Copies the matrix in `panels` (layout.byte_size() bytes) as rows [out, in] of the same element type into
/// `rows`. Errors: mismatch for spans of other sizes.
void panels_to_rows(const PanelLayout& layout, ByteView panels, std::span<std::byte> rows);
/// The weight, as float32, of the int8 panels `panels` from input `k` to output `n`.
float dequantized(const PanelLayout& layout, ByteView panels, const PanelScales& scales, std::int64_t n,
                  std::int64_t k);

}  // namespace sightline
