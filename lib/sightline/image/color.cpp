// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/color.h"

#include <algorithm>
#include <cstring>

namespace sightline {

namespace {

/// Pillow's SHIFTFORDIV255: x / 255 for an x that includes the rounding half.
constexpr std::uint32_t shift_for_div_255(std::uint32_t x) { return ((x >> 8) + x) >> 8; }

/// Pillow's MULDIV255: a * b / 255, rounded.
constexpr std::uint32_t mul_div_255(std::uint32_t a, std::uint32_t b) {
  return shift_for_div_255(a * b + 128);
}

/// Copies three samples. Where another pixel follows, a fourth is written, which it overwrites.
void copy_rgb(const std::uint8_t* in, std::uint8_t* out, bool another_follows) {
  if (another_follows) {
    std::memcpy(out, in, 4);
  } else {
    std::memcpy(out, in, 3);
  }
}

}  // namespace

void composite_onto_white(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels) {
  constexpr std::uint32_t kBits = 7;  // bits of extra precision
  for (std::size_t i = 0; i < pixels; ++i, in += 4, out += 3) {
    const std::uint32_t alpha = in[3];
    if (alpha == 255) {  // most pixels of most images; the formula gives the same
      copy_rgb(in, out, i + 1 < pixels);
      continue;
    }
    // Over an opaque background Pillow's coef1 = alpha * 255 * 255 * 128 / (255 * 255) is exact.
    const std::uint32_t source = alpha << kBits;
    const std::uint32_t white = (255U << kBits) - source;
    for (int c = 0; c < 3; ++c) {
      const std::uint32_t sum = in[c] * source + 255U * white;
      out[c] = static_cast<std::uint8_t>(shift_for_div_255(sum + (0x80U << kBits)) >> kBits);
    }
  }
}

void drop_alpha(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels) {
  for (std::size_t i = 0; i < pixels; ++i, in += 4, out += 3) {
    copy_rgb(in, out, i + 1 < pixels);
  }
}

void premultiply(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels) {
  for (std::size_t i = 0; i < pixels; ++i, in += 4, out += 4) {
    const std::uint8_t alpha = in[3];
    for (int c = 0; c < 3; ++c) {
      out[c] = static_cast<std::uint8_t>(mul_div_255(in[c], alpha));
    }
    out[3] = alpha;
  }
}

void unpremultiply(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels) {
  for (std::size_t i = 0; i < pixels; ++i, in += 4, out += 3) {
    const std::uint32_t alpha = in[3];
    for (int c = 0; c < 3; ++c) {
      const std::uint32_t whole = alpha == 0 ? in[c] : 255U * in[c] / alpha;
      out[c] = static_cast<std::uint8_t>(std::min(whole, 255U));
    }
  }
}

void cmyk_to_rgb(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels) {
  for (std::size_t i = 0; i < pixels; ++i, in += 4, out += 3) {
    const std::uint32_t light = 255U - in[3];
    for (int c = 0; c < 3; ++c) {
      out[c] = static_cast<std::uint8_t>(light - mul_div_255(in[c], light));
    }
  }
}

void ycbcr_to_rgb(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels) {
  // Pillow's tables (src/libImaging/ConvertYCbCr.c): products with 6 fractional bits, rounded by adding one
  // half and truncating.
  const auto part = [](int chroma, double factor) {
    return static_cast<int>((chroma - 128) * factor * 64 + 0.5);
  };
  const auto clipped = [](int level) { return static_cast<std::uint8_t>(std::clamp(level, 0, 255)); };
  for (std::size_t i = 0; i < pixels; ++i, in += 3, out += 3) {
    const int y = in[0], cb = in[1], cr = in[2];
    out[0] = clipped(y + (part(cr, 1.402) >> 6));
    out[1] = clipped(y + ((part(cb, -0.34414) + part(cr, -0.71414)) >> 6));
    out[2] = clipped(y + (part(cb, 1.772) >> 6));
  }
}

}  // namespace sightline
