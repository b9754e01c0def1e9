// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/layouts.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <string>
#include <vector>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxRank = Shape::kMaxRank;
using Sizes = std::array<std::size_t, kMaxRank>;

// One axis of a permutation during traversal: its size and its stride in the source.
struct Walk {
  std::size_t rank = 0;
  Sizes counts{};
  Sizes strides{};  // in elements
};

// An element of fixed width, so that each copy is a single move.
template <std::size_t kWidth>
void gather_plane(const std::byte* source, std::byte* out, std::size_t rows, std::size_t row_stride,
                  std::size_t columns, std::size_t column_stride) {
  constexpr std::size_t kTile = 32;  // both sides of a transposition fit in the cache
  for (std::size_t top = 0; top < rows; top += kTile) {
    const std::size_t bottom = std::min(rows, top + kTile);
    for (std::size_t left = 0; left < columns; left += kTile) {
      const std::size_t right = std::min(columns, left + kTile);
      for (std::size_t row = top; row < bottom; ++row) {
        const std::byte* from = source + row * row_stride * kWidth;
        std::byte* to = out + row * columns * kWidth;
        for (std::size_t column = left; column < right; ++column) {
          std::memcpy(to + column * kWidth, from + column * column_stride * kWidth, kWidth);
        }
      }
    }
  }
}

void gather_plane(std::size_t width, const std::byte* source, std::byte* out, const Walk& walk) {
  const std::size_t r = walk.rank - 2, c = walk.rank - 1;
  const auto gather = [&](auto plane) {
    plane(source, out, walk.counts[r], walk.strides[r], walk.counts[c], walk.strides[c]);
  };
  switch (width) {
    case 1:
      return gather(gather_plane<1>);
    case 2:
      return gather(gather_plane<2>);
    case 4:
      return gather(gather_plane<4>);
    default:
      assert(width == 8);
      return gather(gather_plane<8>);
  }
}

// Source offset of the element with this index in traversal order.
std::int64_t source_index(const Walk& walk, std::int64_t index) {
  auto remaining = static_cast<std::size_t>(index);
  std::size_t offset = 0;
  for (std::size_t axis = walk.rank; axis-- > 0;) {
    offset += remaining % walk.counts[axis] * walk.strides[axis];
    remaining /= walk.counts[axis];
  }
  return static_cast<std::int64_t>(offset);
}

// Writes the source in traversal order, with its two last axes plane by plane.
void gather(const Walk& walk, std::size_t width, const std::byte* source, std::byte* out) {
  std::size_t planes = 1;
  for (std::size_t axis = 0; axis + 2 < walk.rank; ++axis) planes *= walk.counts[axis];
  const std::size_t plane_bytes = walk.counts[walk.rank - 2] * walk.counts[walk.rank - 1] * width;
  for (std::size_t plane = 0; plane < planes; ++plane) {
    std::size_t remaining = plane, offset = 0;
    for (std::size_t axis = walk.rank - 2; axis-- > 0;) {
      offset += remaining % walk.counts[axis] * walk.strides[axis];
      remaining /= walk.counts[axis];
    }
    gather_plane(width, source + offset * width, out + plane * plane_bytes, walk);
  }
}

[[noreturn]] void fail_shape(const StoredTensor& tensor, std::string_view name, std::string_view expected) {
  fail(ErrorCode::mismatch, name,
       "has shape " + to_string(tensor.shape) + ", expected " + std::string(expected));
}

void check_rank(const StoredTensor& tensor, int rank, std::string_view name, std::string_view expected) {
  if (tensor.shape.rank() != rank || size_of(tensor.dtype) == 0) fail_shape(tensor, name, expected);
}

StoredTensor part_of(const StoredTensor& tensor, TensorPart part, std::string_view name) {
  if (tensor.shape.rank() == 0 || tensor.shape[0] % part.count != 0)
    fail_shape(tensor, name, "one whose first size is a multiple of " + std::to_string(part.count));
  const std::int64_t rows = tensor.shape[0] / part.count;
  return row_range(tensor, part.index * rows, rows);
}

}  // namespace

StoredTensor row_range(const StoredTensor& tensor, std::int64_t first, std::int64_t count) {
  assert(tensor.shape.rank() > 0 && first >= 0 && count >= 0 && first + count <= tensor.shape[0]);
  std::vector<std::int64_t> sizes(tensor.shape.sizes().begin(), tensor.shape.sizes().end());
  sizes[0] = count;
  const Shape shape{std::span<const std::int64_t>(sizes)};
  const std::int64_t row = count > 0 ? shape.elements() / count : 0;
  const auto width = static_cast<std::size_t>(size_of(tensor.dtype));
  const std::size_t begin = static_cast<std::size_t>(first * row) * width;
  const std::size_t size = static_cast<std::size_t>(shape.elements()) * width;
  if (!tensor.is_deferred())
    return {tensor.dtype, shape, tensor.bytes().subspan(begin, size), tensor.mapped()};
  return StoredTensor::deferred(
      tensor.dtype, shape,
      [tensor, begin](std::span<std::byte> out) {
        const TransientBytes whole(tensor);
        if (!out.empty()) std::memcpy(out.data(), whole.view().data() + begin, out.size());
      },
      [tensor, first = first * row](std::int64_t index, std::span<std::byte> scratch) {
        return tensor.element(first + index, scratch);
      });
}

StoredTensor permuted(const StoredTensor& tensor, std::span<const int> axes) {
  assert(static_cast<int>(axes.size()) == tensor.shape.rank() && axes.size() >= 2);
  Sizes source_strides{};
  std::size_t stride = 1;
  for (std::size_t axis = axes.size(); axis-- > 0;) {
    source_strides[axis] = stride;
    stride *= static_cast<std::size_t>(tensor.shape[static_cast<int>(axis)]);
  }
  Walk walk;
  walk.rank = axes.size();
  std::array<std::int64_t, kMaxRank> sizes{};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    sizes[i] = tensor.shape[axes[i]];
    walk.counts[i] = static_cast<std::size_t>(sizes[i]);
    walk.strides[i] = source_strides[static_cast<std::size_t>(axes[i])];
  }
  return StoredTensor::deferred(
      tensor.dtype, Shape(std::span<const std::int64_t>(sizes.data(), axes.size())),
      [tensor, walk](std::span<std::byte> out) {
        if (out.empty()) return;
        const TransientBytes bytes(tensor);
        gather(walk, static_cast<std::size_t>(size_of(tensor.dtype)), bytes.view().data(), out.data());
        tensor.drop_pages();
      },
      [tensor, walk](std::int64_t index, std::span<std::byte> scratch) {
        return tensor.element(source_index(walk, index), scratch);
      });
}

StoredTensor concatenated(std::span<const StoredTensor> parts, std::string_view name) {
  if (parts.empty() || parts[0].shape.rank() == 0) fail(ErrorCode::mismatch, name, "has no parts");
  const StoredTensor& first = parts[0];
  std::vector<std::int64_t> sizes(first.shape.sizes().begin(), first.shape.sizes().end());
  const std::vector<std::int64_t> row(sizes.begin() + 1, sizes.end());
  sizes[0] = 0;
  for (const StoredTensor& part : parts) {
    if (part.dtype != first.dtype) {
      fail(ErrorCode::mismatch, name,
           "consists of tensors of different dtypes, " + std::string(dtype_name(first.dtype)) + " and " +
               std::string(dtype_name(part.dtype)));
    }
    if (part.shape.rank() != first.shape.rank() ||
        !std::equal(row.begin(), row.end(), part.shape.sizes().begin() + 1)) {
      fail(ErrorCode::mismatch, name,
           "consists of tensors of shapes " + to_string(first.shape) + " and " + to_string(part.shape));
    }
    sizes[0] = checked_add(sizes[0], part.shape[0], name);
  }
  return StoredTensor::deferred(
      first.dtype, Shape(std::span<const std::int64_t>(sizes)),
      [copy = std::vector<StoredTensor>(parts.begin(), parts.end())](std::span<std::byte> out) {
        for (const StoredTensor& part : copy) {
          const auto size = static_cast<std::size_t>(part.byte_size());
          part.copy_bytes(out.first(size));
          part.drop_pages();
          out = out.subspan(size);
        }
      });
}

StoredTensor reshaped(const StoredTensor& tensor, const Shape& shape) {
  assert(shape.elements() == tensor.shape.elements());
  StoredTensor result = tensor;
  result.shape = shape;
  return result;
}

StoredTensor to_layout(const StoredTensor& tensor, TensorLayout layout, TensorPart part,
                       std::string_view name) {
  const Shape& s = tensor.shape;
  switch (layout) {
    case TensorLayout::part:
      return part_of(tensor, part, name);
    case TensorLayout::first:
      if (s.rank() < 2 || s[0] != 1) fail_shape(tensor, name, "one whose first size is 1");
      return reshaped(tensor, Shape(s.sizes().subspan(1)));
    case TensorLayout::first_row:
      check_rank(tensor, 2, name, "a matrix");
      if (s[0] < 1) fail_shape(tensor, name, "one with a row");
      return reshaped(row_range(tensor, 0, 1), Shape{1, 1, s[1]});
    case TensorLayout::grid:
      check_rank(tensor, 4, name, "[1, height, width, channels]");
      if (s[0] != 1) fail_shape(tensor, name, "one whose first size is 1");
      return reshaped(tensor, Shape{s[1] * s[2], s[3]});
    case TensorLayout::flat:
      return reshaped(tensor, Shape{s.elements()});
    case TensorLayout::scalar:
      if (s.rank() > 1 || s.elements() != 1) fail_shape(tensor, name, "[]");
      return reshaped(tensor, Shape{});
    case TensorLayout::transpose:
      check_rank(tensor, 2, name, "a matrix");
      return permuted(tensor, std::array{1, 0});
    case TensorLayout::query_kernel:
      check_rank(tensor, 3, name, "[in, heads, head width]");
      return permuted(reshaped(tensor, Shape{s[0], s[1] * s[2]}), std::array{1, 0});
    case TensorLayout::output_kernel:
      check_rank(tensor, 3, name, "[heads, head width, out]");
      return permuted(reshaped(tensor, Shape{s[0] * s[1], s[2]}), std::array{1, 0});
    case TensorLayout::convolution:
      check_rank(tensor, 4, name, "[height, width, in, out]");
      return permuted(tensor, std::array{3, 2, 0, 1});
    case TensorLayout::swapped_convolution:
      check_rank(tensor, 4, name, "[width, height, in, out]");
      return permuted(tensor, std::array{3, 2, 1, 0});
    case TensorLayout::same:
    case TensorLayout::drop:
      break;
  }
  return tensor;
}

}  // namespace sightline
