// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/png_pixels.h"

#include <algorithm>
#include <cstring>

namespace sightline {

namespace {

/// One byte of a chunk's 16-bit number, in the form in which Pillow compares it with 8-bit samples: its low
/// byte.
std::uint8_t low_byte(ByteView numbers, std::size_t index) {
  return static_cast<std::uint8_t>(numbers[2 * index + 1]);
}

/// Writes the table's pixel for each sample.
template <std::size_t channels>
void look_up(const PngPixels::Table& table, const std::uint8_t* in, std::uint8_t* out, std::size_t pixels) {
  for (std::size_t x = 0; x + 1 < pixels; ++x, out += channels) {
    std::memcpy(out, table[in[x]].data(), 4);  // of three channels, the next pixel overwrites the fourth
  }
  std::memcpy(out, table[in[pixels - 1]].data(), channels);
}

}  // namespace

PngPixels::PngPixels(const PngLayout& layout) : layout_(layout) {
  if (layout_.color == PngColor::palette) {
    fill_palette_table();
  } else if (layout_.color == PngColor::grey && layout_.depth <= 8) {
    fill_grey_table();
  }
}

bool PngPixels::is_alpha_stored() const {
  return layout_.color == PngColor::grey_alpha || layout_.color == PngColor::rgb_alpha;
}

RowFormat PngPixels::format() const {
  return is_alpha_stored() || !layout_.transparency.empty() ? RowFormat::rgba : RowFormat::rgb;
}

/// Whether stored rows already have the format of the output.
bool PngPixels::as_stored() const {
  return layout_.depth == 8 && (layout_.color == PngColor::rgb_alpha ||
                                (layout_.color == PngColor::rgb && layout_.transparency.empty()));
}

void PngPixels::fill_palette_table() {
  ByteView alphas = layout_.transparency;
  // As in Pillow, whose pattern for "one transparent entry, all others opaque" does not match a last entry of
  // 10 (a newline).
  const auto opaque = [](std::byte alpha) { return alpha == std::byte{255}; };
  if (!alphas.empty() && alphas.back() == std::byte{10}) {
    const ByteView others = alphas.first(alphas.size() - 1);
    const auto clear = std::find_if_not(others.begin(), others.end(), opaque);
    if (clear != others.end() && *clear == std::byte{0} && std::all_of(clear + 1, others.end(), opaque)) {
      alphas = others;
    }
  }
  for (std::size_t i = 0; i < 256; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {  // beyond the palette: black, as in libpng
      const std::size_t at = 3 * i + c;
      table_[i][c] = at < layout_.palette.size() ? static_cast<std::uint8_t>(layout_.palette[at]) : 0;
      palette_.push_back(table_[i][c]);
    }
    table_[i][3] = i < alphas.size() ? static_cast<std::uint8_t>(alphas[i]) : 255;
  }
}

void PngPixels::fill_grey_table() {
  const ByteView transparency = layout_.transparency;
  const int max_level = (1 << layout_.depth) - 1;
  for (int i = 0; i <= max_level; ++i) {
    const auto grey = static_cast<std::uint8_t>(i * 255 / max_level);
    bool clear = false;
    if (!transparency.empty()) {
      // As in Pillow: for 1-bit images any nonzero number means white; for others the number is compared with
      // the sample after scaling to 8 bits, which for 2 and 4 bits differs from the standard.
      const bool any = transparency[0] != std::byte{0} || transparency[1] != std::byte{0};
      clear = layout_.depth == 1 ? (grey != 0) == any : grey == low_byte(transparency, 0);
    }
    table_[static_cast<std::size_t>(i)] = {grey, grey, grey, static_cast<std::uint8_t>(clear ? 0 : 255)};
  }
}

void PngPixels::convert(const std::uint8_t* in, std::uint8_t* out) const {
  const bool single = layout_.color == PngColor::grey || layout_.color == PngColor::palette;
  if (as_stored()) {
    const auto channels = static_cast<std::size_t>(channels_of(format()));
    std::memcpy(out, in, static_cast<std::size_t>(layout_.width) * channels);
  } else if (single && layout_.depth == 16) {
    convert_grey16(in, out);
  } else if (!single) {
    convert_samples(in, out);
  } else {
    (format() == RowFormat::rgb ? look_up<3> : look_up<4>)(table_, in, out,
                                                           static_cast<std::size_t>(layout_.width));
  }
}

void PngPixels::convert_samples(const std::uint8_t* in, std::uint8_t* out) const {
  const bool grey = layout_.color == PngColor::grey_alpha;
  const bool alpha = is_alpha_stored();
  const auto channels = static_cast<std::size_t>(channels_of(format()));
  const std::size_t sample = layout_.depth == 16 ? 2 : 1;
  const std::size_t pixel = sample * ((grey ? 1U : 3U) + (alpha ? 1U : 0U));
  const ByteView key = layout_.transparency;
  for (std::int32_t x = 0; x < layout_.width; ++x, in += pixel, out += channels) {
    for (std::size_t c = 0; c < 3; ++c) {
      out[c] = in[grey ? 0 : c * sample];
    }
    if (alpha) {
      out[3] = in[pixel - sample];
    } else if (channels == 4) {
      // As in Pillow: the low bytes of the transparent colour are compared, for any depth.
      const bool clear =
          out[0] == low_byte(key, 0) && out[1] == low_byte(key, 1) && out[2] == low_byte(key, 2);
      out[3] = clear ? 0 : 255;
    }
  }
}

void PngPixels::convert_grey16(const std::uint8_t* in, std::uint8_t* out) const {
  // The one deliberate difference from Pillow, which clips all values above 255 of 65535 to white.
  const ByteView key = layout_.transparency;
  for (std::int32_t x = 0; x < layout_.width; ++x, in += 2) {
    out = std::fill_n(out, 3, in[0]);
    if (!key.empty()) {
      const bool clear = static_cast<std::byte>(in[0]) == key[0] && static_cast<std::byte>(in[1]) == key[1];
      *out++ = clear ? 0 : 255;
    }
  }
}

}  // namespace sightline
