// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/png_filter.h"

#include <cstring>

#include "sightline/base/by_cpu.h"

namespace sightline {

namespace {

enum Filter { none = 0, sub = 1, up = 2, average = 3, paeth = 4 };

using Bytes [[gnu::vector_size(8)]] = std::uint8_t;
using Words [[gnu::vector_size(16)]] = std::int16_t;

/// One pixel of 3, 4, 6 or 8 bytes, a byte in each 16-bit lane; lanes after the pixel are of no importance.
template <std::size_t pixel>
[[gnu::always_inline]] inline Words load_pixel(const std::uint8_t* from) {
  Bytes bytes{};
  std::memcpy(&bytes, from, pixel <= 4 ? 4 : 8);
  return __builtin_convertvector(bytes, Words);
}

template <std::size_t pixel>
[[gnu::always_inline]] inline void store_pixel(std::uint8_t* to, Words words) {
  const Bytes bytes = __builtin_convertvector(words, Bytes);
  std::memcpy(to, &bytes, pixel <= 4 ? 4 : 8);
}

[[gnu::always_inline]] inline Words magnitude(Words x) { return x < 0 ? -x : x; }

/// The neighbour that is nearest to left + above - corner: the left one before the one above in a tie, and
/// both before the corner.
[[gnu::always_inline]] inline Words predict(Words left, Words above, Words corner) {
  const Words from_left = above - corner;
  const Words from_above = left - corner;
  const Words to_left = magnitude(from_left);
  const Words to_above = magnitude(from_above);
  const Words to_corner = magnitude(from_left + from_above);
  const Words other = to_corner < to_above ? corner : above;
  const Words least = to_corner < to_above ? to_corner : to_above;
  return least < to_left ? other : left;
}

template <Filter filter, std::size_t pixel>
[[gnu::always_inline]] inline void undo_pixels(const std::uint8_t* raw, const std::uint8_t* above,
                                               std::uint8_t* row, std::size_t size) {
  Words left{};
  Words corner{};
  for (std::size_t i = 0; i < size; i += pixel) {
    const Words up = load_pixel<pixel>(above + i);
    Words value = load_pixel<pixel>(raw + i);
    value += filter == sub ? left : filter == average ? (left + up) >> 1 : predict(left, up, corner);
    left = value & 255;
    corner = up;
    store_pixel<pixel>(row + i, left);
  }
}

/// For pixels of 1 or 2 bytes.
template <Filter filter>
[[gnu::always_inline]] inline void undo_bytes(const std::uint8_t* raw, const std::uint8_t* above,
                                              std::uint8_t* row, std::size_t size, std::size_t pixel) {
  for (std::size_t i = 0; i < size; ++i) {
    const int left = *(row + i - pixel);
    const int up = above[i];
    int predicted = left;
    if (filter == average) {
      predicted = (left + up) >> 1;
    } else if (filter == paeth) {
      const int corner = *(above + i - pixel);
      const auto size_of = [](int x) { return x < 0 ? -x : x; };
      const int to_left = size_of(up - corner);
      const int to_up = size_of(left - corner);
      const int to_corner = size_of(left + up - 2 * corner);
      const int other = to_corner < to_up ? corner : up;
      predicted = (to_corner < to_up ? to_corner : to_up) < to_left ? other : left;
    }
    row[i] = static_cast<std::uint8_t>(raw[i] + predicted);
  }
}

template <Filter filter>
[[gnu::always_inline]] inline void undo(const std::uint8_t* raw, const std::uint8_t* above, std::uint8_t* row,
                                        std::size_t size, std::size_t pixel) {
  switch (pixel) {
    case 3:
      return undo_pixels<filter, 3>(raw, above, row, size);
    case 4:
      return undo_pixels<filter, 4>(raw, above, row, size);
    case 6:
      return undo_pixels<filter, 6>(raw, above, row, size);
    case 8:
      return undo_pixels<filter, 8>(raw, above, row, size);
    default:
      return undo_bytes<filter>(raw, above, row, size, pixel);
  }
}

[[gnu::always_inline]] inline bool undo_filter(int filter, const std::uint8_t* raw, const std::uint8_t* above,
                                               std::uint8_t* row, std::size_t size, std::size_t pixel) {
  switch (filter) {
    case none:
      std::memcpy(row, raw, size);
      return true;
    case sub:
      undo<sub>(raw, above, row, size, pixel);
      return true;
    case up:
      for (std::size_t i = 0; i < size; ++i) {
        row[i] = static_cast<std::uint8_t>(raw[i] + above[i]);
      }
      return true;
    case average:
      undo<average>(raw, above, row, size, pixel);
      return true;
    case paeth:
      undo<paeth>(raw, above, row, size, pixel);
      return true;
    default:
      return false;
  }
}

}  // namespace

bool undo_png_filter(int filter, const std::uint8_t* raw, const std::uint8_t* above, std::uint8_t* row,
                     std::size_t size, std::size_t pixel) {
  return ByCpu<undo_filter, CpuFeature::avx2>::call(filter, raw, above, row, size, pixel);
}

}  // namespace sightline
