// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/shape.h"

#include <algorithm>

#include "sightline/base/bytes.h"
#include "sightline/base/error.h"

namespace sightline {
namespace {

std::int64_t product_of(std::span<const std::int64_t> sizes) {
  std::int64_t product = 1;
  for (const std::int64_t size : sizes) {
    if (size < 0)
      fail(ErrorCode::range, "shape", "has a size of " + std::to_string(size) + ", expected 0 or more");
    product = checked_mul(product, size, "shape");
  }
  return product;
}

}  // namespace

Shape::Shape(std::initializer_list<std::int64_t> sizes)
    : Shape(std::span<const std::int64_t>(sizes.begin(), sizes.size())) {}

Shape::Shape(std::span<const std::int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
  if (sizes.size() > kMaxRank) {
    fail(ErrorCode::limit, "shape",
         "has " + std::to_string(sizes.size()) + " dimensions, expected at most 8");
  }
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
}

void Shape::fail_axis(int axis) const {
  if (rank_ == 0) fail(ErrorCode::range, "shape", "[] has rank 0, so it has no last axis");
  fail(ErrorCode::range, "shape",
       to_string(*this) + " has no axis " + std::to_string(axis) + ", expected 0 to " +
           std::to_string(rank_ - 1));
}

std::int64_t Shape::elements() const { return product_of(sizes()); }

std::int64_t Shape::rows() const {
  return product_of({sizes_.data(), static_cast<std::size_t>(std::max(rank_ - 1, 0))});
}

Shape Shape::with_last(std::int64_t size) const {
  if (rank_ == 0) fail_axis(-1);
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
