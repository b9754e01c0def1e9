// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "sightline/image/bmp_header.h"
#include "sightline/image/bmp_rle.h"
#include "sightline/image/codec.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "BMP";

class BmpReader : public RowReader {
 public:
  BmpReader(ByteView file, const ImageLimits& limits) : layout_(read_bmp_layout(file, limits)) {
    describe();
    if (layout_.coding == BmpCoding::plain) {
      use_uncompressed(file);
    } else {
      decode(file, limits);
    }
  }

  void read(std::uint8_t* rows, std::size_t stride, int count) override {
    for (int i = 0; i < count; ++i, ++next_row_) {
      const std::int32_t stored = layout_.top_down ? next_row_ : info_.height - 1 - next_row_;
      convert(pixels_ + static_cast<std::size_t>(stored) * stride_,
              rows + static_cast<std::size_t>(i) * stride);
    }
  }

  void finish() override {}

 private:
  void describe() {
    info_.width = layout_.width;
    info_.height = layout_.height;
    info_.format = layout_.alpha ? RowFormat::rgba : RowFormat::rgb;
    info_.alpha_channel = layout_.alpha;
    info_.bilevel = layout_.bilevel;
    if (layout_.indexed && !layout_.grey) {
      info_.palette = layout_.colors.palette();
    }
    indices_.resize(layout_.indexed ? static_cast<std::size_t>(info_.width) : 0);
  }

  /// Rows are read in place. The last one needs no padding.
  void use_uncompressed(ByteView file) {
    stride_ = bmp_stride(layout_);
    const std::size_t row =
        (static_cast<std::size_t>(layout_.width) * static_cast<std::size_t>(layout_.bits) + 7) / 8;
    const std::size_t needed = stride_ * static_cast<std::size_t>(layout_.height - 1) + row;
    if (file.size() < layout_.pixels_at || file.size() - layout_.pixels_at < needed) {
      fail(ErrorCode::truncated, kSubject,
           "ends after " + std::to_string(file.size()) + " bytes, expected " +
               std::to_string(layout_.pixels_at + needed));
    }
    pixels_ = reinterpret_cast<const std::uint8_t*>(file.data()) + layout_.pixels_at;
  }

  /// Rows arrive from the last to the first, so the whole image is held in memory.
  void decode(ByteView file, const ImageLimits& limits) {
    const std::int64_t bytes = std::int64_t{layout_.width} * layout_.height;
    check_decoder_memory(bytes, limits, kSubject, "is run-length coded and ", "");
    decoded_ = decode_bmp_rle(file, layout_.pixels_at, layout_.width, layout_.height,
                              layout_.coding == BmpCoding::rle4);
    pixels_ = decoded_.data();
    stride_ = static_cast<std::size_t>(layout_.width);
  }

  void convert(const std::uint8_t* in, std::uint8_t* out) {
    const auto width = static_cast<std::size_t>(layout_.width);
    if (layout_.indexed) {
      if (decoded_.empty() && layout_.bits < 8) {
        unpack_bits(in, indices_.data(), width, layout_.bits);
        in = indices_.data();
      }
      layout_.colors.convert(in, out, width);
    } else if (layout_.bits == 16) {
      convert_16(in, out);
    } else {
      const auto pixel = static_cast<std::size_t>(layout_.bits / 8);
      const std::size_t channels = layout_.alpha ? 4 : 3;
      for (std::size_t x = 0; x < width; ++x, in += pixel, out += channels) {
        for (std::size_t c = 0; c < channels; ++c) {
          out[c] = in[layout_.order[c]];
        }
      }
    }
  }

  void convert_16(const std::uint8_t* in, std::uint8_t* out) const {
    const int green = layout_.green_6_bits ? 63 : 31;
    for (std::int32_t x = 0; x < layout_.width; ++x, in += 2, out += 3) {
      const int pixel = in[0] | in[1] << 8;
      const int red = pixel >> (layout_.green_6_bits ? 11 : 10) & 31;
      out[0] = static_cast<std::uint8_t>(red * 255 / 31);
      out[1] = static_cast<std::uint8_t>((pixel >> 5 & green) * 255 / green);
      out[2] = static_cast<std::uint8_t>((pixel & 31) * 255 / 31);
    }
  }

  BmpLayout layout_;
  const std::uint8_t* pixels_ = nullptr;
  std::size_t stride_ = 0;
  std::int32_t next_row_ = 0;
  std::vector<std::uint8_t> decoded_;  // indices of a run-length coded image
  std::vector<std::uint8_t> indices_;  // of one row
};

class BmpCodec : public ImageCodec {
 public:
  std::string_view name() const override { return "bmp"; }
  std::unique_ptr<RowReader> open(ByteView file, const ImageLimits& limits, ImageWarnings*) const override {
    return std::make_unique<BmpReader>(file, limits);
  }
};

}  // namespace

const ImageCodec& bmp_codec() {
  static const BmpCodec codec;
  return codec;
}

}  // namespace sightline
