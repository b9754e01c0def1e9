// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace sightline {

/// Bytes before the first sample of a row that are zero, and bytes after the last one that exist.
inline constexpr std::size_t kPngRowMargin = 16;

/// Undoes the filter of one row (PNG, third edition, 9.2). `raw` are the `size` filtered bytes, `above` the
/// row above it, zeros for the first row; `pixel` is the number of bytes of a pixel, at least 1. All three
/// rows have margins: `raw` after it; `above` and `row` on both sides, where `row` may be overwritten after
/// its end. Returns false if there is no such filter.
bool undo_png_filter(int filter, const std::uint8_t* raw, const std::uint8_t* above, std::uint8_t* row,
                     std::size_t size, std::size_t pixel);

}  // namespace sightline
