// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/shape.h"

#include <algorithm>

#include "sightline/base/bytes.h"
#include "sightline/base/error.h"

namespace sightline {

Shape::Shape(std::initializer_list<std::int64_t> sizes)
    : Shape(std::span<const std::int64_t>(sizes.begin(), sizes.size())) {}

Shape::Shape(std::span<const std::int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
  if (sizes.size() > kMaxRank) {
    fail(ErrorCode::limit, "shape",
         "has " + std::to_string(sizes.size()) + " dimensions, at most 8 are accepted");
  }
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
}

std::int64_t Shape::elements() const {
  std::int64_t product = 1;
  for (int axis = 0; axis < rank_; ++axis) product = checked_mul(product, (*this)[axis], "shape");
  return product;
}

std::int64_t Shape::rows() const {
  std::int64_t product = 1;
  for (int axis = 0; axis + 1 < rank_; ++axis) product = checked_mul(product, (*this)[axis], "shape");
  return product;
}

Shape Shape::with_last(std::int64_t size) const {
  assert(rank_ > 0);
  Shape result = *this;
  result.sizes_[static_cast<std::size_t>(rank_ - 1)] = size;
  return result;
}

bool Shape::operator==(const Shape& other) const {
  return rank_ == other.rank_ && std::equal(sizes_.begin(), sizes_.begin() + rank_, other.sizes_.begin());
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (axis > 0) text += ", ";
    text += std::to_string(shape[axis]);
  }
  return text + "]";
}

}  // namespace sightline
