// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/png_rows.h"

#include <libdeflate.h>

#include <algorithm>

#include "sightline/image/color_table.h"
#include "sightline/image/png_filter.h"

namespace sightline {

namespace {

constexpr std::size_t kMaxRowBytes = 4 << 20;

std::size_t bits_per_pixel(const PngLayout& layout) {
  const auto depth = static_cast<std::size_t>(layout.depth);
  switch (layout.color) {
    case PngColor::grey_alpha:
      return 2 * depth;
    case PngColor::rgb:
      return 3 * depth;
    case PngColor::rgb_alpha:
      return 4 * depth;
    default:
      return depth;
  }
}

std::size_t row_bytes(const PngLayout& layout) {
  return (static_cast<std::size_t>(layout.width) * bits_per_pixel(layout) + 7) / 8;
}

/// Whether a chunk is whole and has the right checksum.
bool is_sound(ByteView chunk) {
  if (chunk.size() < 12) {
    return false;
  }
  std::uint32_t expected = 0;
  for (const std::byte byte : chunk.last(4)) {
    expected = expected << 8 | static_cast<std::uint32_t>(byte);
  }
  return libdeflate_crc32(0, chunk.data() + 4, chunk.size() - 8) == expected;
}

bool is_data(ByteView chunk) { return as_text(chunk.subspan(4, 4)) == "IDAT"; }

std::vector<ByteView> data_parts(const PngLayout& layout) {
  std::vector<ByteView> parts;
  for (const ByteView chunk : layout.essential) {
    if (chunk.size() > 12 && is_data(chunk)) {
      parts.push_back(chunk.subspan(8, chunk.size() - 12));
    }
  }
  return parts;
}

}  // namespace

bool PngRows::can_read(const PngLayout& layout) {
  return !layout.interlaced && row_bytes(layout) <= kMaxRowBytes &&
         std::all_of(layout.essential.begin() + 1, layout.essential.end(), is_sound);
}

PngRows::PngRows(const PngLayout& layout)
    : pixel_bytes_(std::max<std::size_t>(bits_per_pixel(layout) / 8, 1)),
      row_bytes_(row_bytes(layout)),
      unpacked_(layout.depth < 8 ? static_cast<std::size_t>(layout.width) : 0),
      depth_(layout.depth),
      data_(data_parts(layout)),
      inflater_(data_, row_bytes_ + 1) {
  for (std::vector<std::uint8_t>& row : rows_) {
    row.resize(row_bytes_ + 2 * kPngRowMargin);
  }
}

const std::uint8_t* PngRows::next() {
  const std::uint8_t* raw = inflater_.take(row_bytes_ + 1);
  const std::uint8_t* above = rows_[present_].data() + kPngRowMargin;
  present_ = 1 - present_;
  std::uint8_t* row = rows_[present_].data() + kPngRowMargin;
  if (raw == nullptr || !undo_png_filter(raw[0], raw + 1, above, row, row_bytes_, pixel_bytes_)) {
    return nullptr;
  }
  if (depth_ == 8 || depth_ == 16) {
    return row;
  }
  unpack_bits(row, unpacked_.data(), unpacked_.size(), depth_);
  return unpacked_.data();
}

}  // namespace sightline
