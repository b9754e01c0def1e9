// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/tiff_pixels.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "sightline/image/color.h"

namespace sightline {

namespace {

constexpr std::uint32_t kUnknown = 0, kPremultiplied = 1, kAlpha = 2, kCorelAlpha = 999;

std::string kind_text(const TiffLayout& layout) {
  constexpr std::array<std::string_view, 9> kNames = {"inverted grey", "grey",  "RGB", "palette", "",
                                                      "CMYK",          "YCbCr", "",    "CIELAB"};
  std::string text(kNames[static_cast<std::size_t>(layout.photometric)]);
  constexpr std::array<std::string_view, 4> kFormats = {"", "", " signed", " floating-point"};
  text += " pixels of " + std::to_string(layout.samples) +
          std::string(layout.sample_format < 4 ? kFormats[static_cast<std::size_t>(layout.sample_format)]
                                               : " undefined") +
          " samples of " + std::to_string(layout.bits) + " bits";
  for (const std::uint32_t meaning : layout.extra) {
    text += ", an extra one of kind " + std::to_string(meaning);
  }
  return text + (layout.reversed_bits ? ", with reversed bit order" : "");
}

}  // namespace

void TiffPixels::fail_unsupported() const {
  fail(ErrorCode::unsupported, "TIFF", "has " + kind_text(layout_));
}

TiffPixels::TiffPixels(const TiffLayout& layout, bool rgb_from_jpeg)
    : layout_(layout), extra_(layout.extra), samples_(layout.samples) {
  // Unknown samples in separate planes are ignored.
  if (layout.planes && std::all_of(extra_.begin(), extra_.end(), [](auto e) { return e == kUnknown; }) &&
      std::ssize(extra_) < samples_) {
    samples_ -= static_cast<int>(extra_.size());
    extra_.clear();
  }
  switch (layout.photometric) {
    case TiffPhotometric::inverted:
    case TiffPhotometric::grey:
    case TiffPhotometric::palette:
      choose_grey();
      break;
    case TiffPhotometric::ycbcr:
      if (samples_ == 1 && layout.bits == 8 && !layout.reversed_bits) {  // luminance only
        choose_grey();
        break;
      }
      if (samples_ != 3 || layout.bits != 8 || layout.sample_format != 1 || layout.reversed_bits ||
          !extra_.empty() || (layout.subsampled && !rgb_from_jpeg)) {
        fail_unsupported();
      }
      kind_ = rgb_from_jpeg ? Kind::rgb : Kind::ycbcr;
      break;
    default:
      choose_colors();
  }
  indices_.resize(kind_ == Kind::table || kind_ == Kind::table_alpha ? static_cast<std::size_t>(layout.width)
                                                                     : 0);
}

void TiffPixels::choose_grey() {
  const int bits = layout_.bits, format = layout_.sample_format;
  const bool grey = layout_.photometric == TiffPhotometric::grey;
  const bool plain = format == 1, in_order = !layout_.reversed_bits;
  const bool few = bits == 1 || bits == 2 || bits == 4 || bits == 8;
  if (samples_ == 1 && extra_.empty()) {
    if (few && (plain || (format == 2 && bits == 8 && grey && in_order))) {
      kind_ = Kind::table;
    } else if (bits == 12 && plain && grey && in_order && !layout_.big_endian) {
      kind_ = Kind::grey_12;
    } else if (!is_palette() &&
               ((bits == 16 && plain && (in_order || (grey && !layout_.big_endian)) &&
                 (grey || !layout_.big_endian)) ||
                (bits == 16 && format == 2 && grey && in_order) ||
                (bits == 32 && plain && grey && in_order && !layout_.big_endian) ||
                (bits == 32 && format == 2 && grey && in_order) || (bits == 32 && format == 3 && in_order))) {
      kind_ = Kind::number;
    } else {
      fail_unsupported();
    }
  } else if (samples_ == 2 && bits == 8 && plain && in_order && extra_.size() == 1 &&
             (extra_[0] == kUnknown || extra_[0] == kAlpha) && (grey || is_palette())) {
    kind_ = Kind::table_alpha;
    alpha_ = extra_[0] == kAlpha ? AlphaKind::plain : AlphaKind::none;
  } else {
    fail_unsupported();
  }
  fill_table();
}

void TiffPixels::fill_table() {
  if (is_palette()) {
    const std::size_t colors = layout_.palette.size() / 3;
    for (std::size_t i = 0; i < colors; ++i) {
      const auto level = [&](std::size_t c) { return layout_.palette[c * colors + i]; };
      table_.set(i, level(0), level(1), level(2));
    }
    return;
  }
  const int most = layout_.bits < 8 ? (1 << layout_.bits) - 1 : 255;
  for (int i = 0; i <= most; ++i) {
    const int grey = i * 255 / most;
    const auto level =
        static_cast<std::uint8_t>(layout_.photometric == TiffPhotometric::inverted ? 255 - grey : grey);
    table_.set(static_cast<std::size_t>(i), level, level, level);
  }
}

TiffPixels::AlphaKind TiffPixels::alpha_of_extra() const {
  if (extra_.empty()) {
    // Four samples without a stated meaning: the fourth is alpha. libtiff, which Pillow uses for compressed
    // planes, reports it as unknown, and Pillow treats that as premultiplied.
    return layout_.planes && layout_.compression != 1 ? AlphaKind::premultiplied : AlphaKind::plain;
  }
  return extra_[0] == kUnknown         ? AlphaKind::none
         : extra_[0] == kPremultiplied ? AlphaKind::premultiplied
                                       : AlphaKind::plain;
}

void TiffPixels::choose_colors() {
  const bool rgb = layout_.photometric == TiffPhotometric::rgb;
  const int colors = rgb ? 3 : 4;
  const int extra = samples_ - colors;
  const bool eight = layout_.bits == 8;
  if ((!rgb && layout_.photometric != TiffPhotometric::cmyk) || layout_.sample_format != 1 ||
      (!eight && layout_.bits != 16) || extra < 0 ||
      (layout_.reversed_bits && !(rgb && eight && samples_ == 3))) {
    fail_unsupported();
  }
  const bool nothing_said = rgb && extra == 1 && extra_.empty();
  if (!nothing_said && std::ssize(extra_) != extra) {
    fail_unsupported();
  }
  for (std::size_t i = 0; i < extra_.size(); ++i) {
    const std::uint32_t e = extra_[i];
    const bool alpha =
        rgb && i == 0 && (e == kPremultiplied || e == kAlpha || (e == kCorelAlpha && extra == 1));
    if (!(e == kUnknown || alpha) || (!eight && (extra > 1 || !rgb || e == kCorelAlpha))) {
      fail_unsupported();
    }
  }
  kind_ = rgb ? Kind::rgb : Kind::cmyk;
  alpha_ = rgb && extra > 0 ? alpha_of_extra() : AlphaKind::none;
}

RowFormat TiffPixels::format() const {
  return kind_ == Kind::cmyk ? RowFormat::cmyk : alpha_ == AlphaKind::none ? RowFormat::rgb : RowFormat::rgba;
}

bool TiffPixels::alpha_channel() const { return alpha_ != AlphaKind::none && !is_palette(); }

std::vector<std::uint8_t> TiffPixels::palette() const {
  return is_palette() && kind_ == Kind::table ? table_.palette() : std::vector<std::uint8_t>();
}

void TiffPixels::convert(const std::uint8_t* in, bool swapped, std::uint8_t* out) {
  const auto width = static_cast<std::size_t>(layout_.width);
  switch (kind_) {
    case Kind::table:
      if (layout_.bits < 8) {
        unpack_bits(in, indices_.data(), width, layout_.bits);
        in = indices_.data();
      }
      table_.convert(in, out, width);
      return;
    case Kind::table_alpha:
      convert_table_alpha(in, out);
      return;
    case Kind::grey_12:
      for (std::size_t x = 0; x < width; ++x) {
        const std::uint8_t* pair = in + x / 2 * 3;
        const int level = x % 2 == 0 ? pair[0] << 4 | pair[1] >> 4 : (pair[1] & 15) << 8 | pair[2];
        out = std::fill_n(out, 3, static_cast<std::uint8_t>(std::min(level, 255)));
      }
      return;
    case Kind::number:
      convert_numbers(in, swapped, out);
      return;
    case Kind::rgb:
    case Kind::cmyk:
      convert_samples(in, swapped, out);
      return;
    case Kind::ycbcr:
      ycbcr_to_rgb(in, out, width);
      return;
  }
}

void TiffPixels::convert_table_alpha(const std::uint8_t* in, std::uint8_t* out) const {
  const std::size_t channels = alpha_ == AlphaKind::none ? 3 : 4;
  for (std::int32_t x = 0; x < layout_.width; ++x, in += 2, out += channels) {
    table_.convert(in, out, 1);
    if (channels == 4) {
      out[3] = in[1];
    }
  }
}

/// A grey level of 16 or 32 bits as Pillow converts it to RGB: clipped, with the fraction truncated.
std::uint8_t TiffPixels::level_at(const std::uint8_t* in, bool swapped) const {
  const std::size_t size = static_cast<std::size_t>(layout_.bits) / 8;
  std::array<std::uint8_t, 4> bytes{};
  std::copy_n(in, size, bytes.begin());
  if (swapped) {
    std::reverse(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  }
  if (size == 2) {
    const auto value = std::bit_cast<std::uint16_t>(std::array<std::uint8_t, 2>{bytes[0], bytes[1]});
    const int level = layout_.sample_format == 2 ? static_cast<std::int16_t>(value) : value;
    return static_cast<std::uint8_t>(std::clamp(level, 0, 255));
  }
  if (layout_.sample_format == 3) {
    const auto value = std::bit_cast<float>(bytes);
    return value > 0 ? static_cast<std::uint8_t>(std::min(value, 255.0F)) : std::uint8_t{0};  // NaN becomes 0
  }
  return static_cast<std::uint8_t>(std::clamp(std::bit_cast<std::int32_t>(bytes), 0, 255));
}

void TiffPixels::convert_numbers(const std::uint8_t* in, bool swapped, std::uint8_t* out) const {
  const std::size_t size = static_cast<std::size_t>(layout_.bits) / 8;
  for (std::int32_t x = 0; x < layout_.width; ++x, in += size) {
    out = std::fill_n(out, 3, level_at(in, swapped));
  }
}

void TiffPixels::convert_samples(const std::uint8_t* in, bool swapped, std::uint8_t* out) const {
  const std::size_t size = static_cast<std::size_t>(layout_.bits) / 8;
  const std::size_t high = size == 2 && !swapped ? 1 : 0;  // this machine is little-endian
  const auto channels = static_cast<std::size_t>(channels_of(format()));
  for (std::int32_t x = 0; x < layout_.width; ++x, out += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      out[c] = in[c * size + high];
    }
    in += static_cast<std::size_t>(samples_) * size;
    if (alpha_ == AlphaKind::premultiplied && out[3] != 255) {
      for (std::size_t c = 0; c < 3; ++c) {
        out[c] = static_cast<std::uint8_t>(out[3] == 0 ? 0 : std::min(out[c] * 255 / out[3], 255));
      }
    }
  }
}

}  // namespace sightline
