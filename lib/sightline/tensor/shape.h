// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace sightline {

/// The sizes of a tensor, outermost first. The rank is 0 to 8; a larger one is an error (limit).
class Shape {
 public:
  static constexpr int kMaxRank = 8;

  Shape() = default;
  Shape(std::initializer_list<std::int64_t> sizes);
  explicit Shape(std::span<const std::int64_t> sizes);

  int rank() const { return rank_; }
  /// Errors: range for an axis that does not exist, in release builds too. A shape of rank 0 has no last
  /// axis.
  std::int64_t operator[](int axis) const {
    if (axis < 0 || axis >= rank_) fail_axis(axis);
    return sizes_[static_cast<std::size_t>(axis)];
  }
  std::int64_t last() const { return (*this)[rank_ - 1]; }
  /// All sizes, outermost first; valid as long as the shape.
  std::span<const std::int64_t> sizes() const { return {sizes_.data(), static_cast<std::size_t>(rank_)}; }

  /// Product of all sizes; 1 for rank 0. Errors: range for a negative size, and if the product exceeds 63
  /// bits.
  std::int64_t elements() const;
  /// Product of all sizes but the last: the number of rows if the tensor is viewed as a matrix. Errors: as
  /// `elements`.
  std::int64_t rows() const;
  /// Returns this shape with `size` as its innermost size. Errors: range for rank 0.
  Shape with_last(std::int64_t size) const;

  bool operator==(const Shape& other) const;

 private:
  [[noreturn]] void fail_axis(int axis) const;

  std::array<std::int64_t, kMaxRank> sizes_{};
  int rank_ = 0;
};

/// "[3072, 768]".
std::string to_string(const Shape& shape);

}  // namespace sightline
