// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace sightline {

/// Sizes of a tensor, outermost first. Rank 0 to 8; a value type.
class Shape {
 public:
  static constexpr int kMaxRank = 8;

  Shape() = default;
  Shape(std::initializer_list<std::int64_t> sizes);
  explicit Shape(std::span<const std::int64_t> sizes);

  int rank() const { return rank_; }
  std::int64_t operator[](int axis) const {
    assert(axis >= 0 && axis < rank_);
    return sizes_[static_cast<std::size_t>(axis)];
  }
  std::int64_t last() const { return (*this)[rank_ - 1]; }

  /// Product of all sizes; 1 for rank 0. Errors: range when it does not fit 63 bits.
  std::int64_t elements() const;
  /// Elements divided by `last()`: the rows of the tensor seen as a matrix.
  std::int64_t rows() const;
  /// The same shape with another innermost size.
  Shape with_last(std::int64_t size) const;

  bool operator==(const Shape& other) const;

 private:
  std::array<std::int64_t, kMaxRank> sizes_{};
  int rank_ = 0;
};

/// "[3072, 768]".
std::string to_string(const Shape& shape);

}  // namespace sightline
