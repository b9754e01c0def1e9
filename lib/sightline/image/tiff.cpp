// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "sightline/image/codec.h"
#include "sightline/image/tiff_library.h"
#include "sightline/image/tiff_pixels.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "TIFF";
constexpr std::uint32_t kNone = 1, kJpeg = 7, kPackBits = 32773;

struct Compression {
  std::uint32_t number;
  std::string_view name;
  bool read;
};

constexpr std::array kCompressions = {
    Compression{kNone, "nothing", true},
    Compression{2, "CCITT modified Huffman", true},
    Compression{3, "CCITT Group 3", true},
    Compression{4, "CCITT Group 4", true},
    Compression{5, "LZW", true},
    Compression{6, "old-style JPEG", false},
    Compression{kJpeg, "JPEG", true},
    Compression{8, "Deflate", true},
    Compression{32771, "CCITT modified Huffman", true},
    Compression{kPackBits, "PackBits", true},
    Compression{32809, "ThunderScan", false},
    Compression{32946, "Deflate", true},
    Compression{34661, "JBIG", false},
    Compression{34676, "SGILog", false},
    Compression{34677, "SGILog24", false},
    Compression{34712, "JPEG 2000", false},
    Compression{34887, "LERC", false},
    Compression{34925, "LZMA", true},
    Compression{50000, "Zstandard", true},
    Compression{50001, "WebP", false},
    Compression{50002, "JPEG XL", false},
};

const Compression* find_compression(std::uint32_t number) {
  const auto* found = std::find_if(kCompressions.begin(), kCompressions.end(),
                                   [&](const Compression& c) { return c.number == number; });
  return found == kCompressions.end() ? nullptr : found;
}

void check_compression(const TiffLayout& layout) {
  const Compression* compression = find_compression(layout.compression);
  if (compression == nullptr || !compression->read) {
    fail(ErrorCode::unsupported, kSubject, "is compressed with " + tiff_compression_name(layout.compression));
  }
  const bool ycbcr = layout.photometric == TiffPhotometric::ycbcr;
  if (ycbcr && layout.compression != kNone &&
      (layout.compression != kJpeg || layout.planes || layout.samples != 3)) {
    fail(ErrorCode::unsupported, kSubject,
         "has YCbCr pixels compressed with " + std::string(compression->name) +
             (layout.planes ? " in planes" : ""));
  }
}

bool is_jpeg_ycbcr(const TiffLayout& layout) {
  return layout.compression == kJpeg && layout.photometric == TiffPhotometric::ycbcr;
}

std::uint8_t reversed(std::uint8_t byte) {
  int out = 0;
  for (int bit = 0; bit < 8; ++bit) {
    out |= (byte >> bit & 1) << (7 - bit);
  }
  return static_cast<std::uint8_t>(out);
}

class TiffReader : public RowReader {
 public:
  TiffReader(ByteView file, const ImageLimits& limits, ImageWarnings* warnings)
      : file_(file), warnings_(warnings), layout_(read_tiff_layout(file, limits, warnings)) {
    check_compression(layout_);
    pixels_.emplace(layout_, is_jpeg_ycbcr(layout_));
    describe();
    plan(limits);
    if (layout_.compression != kNone) {
      decoder_.emplace(file, layout_, limits, is_jpeg_ycbcr(layout_));
    }
  }

  void read(std::uint8_t* rows, std::size_t stride, int count) override {
    // libtiff returns numbers in native byte order, and bits from the most significant on.
    const bool swapped = layout_.big_endian && !decoder_;
    for (int i = 0; i < count; ++i, ++next_row_) {
      pixels_->convert(stored_row(next_row_), swapped, rows + static_cast<std::size_t>(i) * stride);
    }
  }

  void finish() override {
    if (decoder_ && !decoder_->first_problem().empty()) {
      warn(warnings_, "TIFF: " + decoder_->first_problem());
    }
  }

 private:
  void describe() {
    info_.width = layout_.width;
    info_.height = layout_.height;
    info_.format = pixels_->format();
    info_.alpha_channel = pixels_->alpha_channel();
    info_.bilevel = pixels_->bilevel();
    info_.palette = pixels_->palette();
    info_.orientation = layout_.orientation;
    info_.orientation_is_required = true;
  }

  /// Whether single rows can be decoded: the image is in strips, with all samples of a pixel together.
  /// PackBits runs may continue into the next row, which libtiff supports only when it decodes a whole strip.
  bool is_simple() const {
    return !layout_.tiled && (!layout_.planes || layout_.samples == 1) && layout_.compression != kPackBits;
  }
  int chunk_samples() const { return layout_.planes ? 1 : layout_.samples; }

  void plan(const ImageLimits& limits) {
    row_bytes_ = layout_.row_bytes(layout_.width, layout_.planes ? pixels_->samples() : layout_.samples);
    row_.resize(row_bytes_);
    if (is_simple()) {
      return;
    }
    if (layout_.tiled && layout_.chunks_across() > 1 && layout_.chunk_width * layout_.bits % 8 != 0) {
      fail(ErrorCode::unsupported, kSubject,
           "has tiles of " + std::to_string(layout_.chunk_width) + " pixels, expected a multiple of 8");
    }
    if (layout_.planes && layout_.samples > 1 && layout_.bits % 8 != 0) {
      fail(ErrorCode::unsupported, kSubject,
           "has planes of " + std::to_string(layout_.bits) + "-bit samples");
    }
    const std::int64_t band =
        std::int64_t{std::min(layout_.chunk_height, layout_.height)} * static_cast<std::int64_t>(row_bytes_);
    const std::int64_t chunk = layout_.chunk_height * static_cast<std::int64_t>(layout_.row_bytes(
                                                          layout_.chunk_width, chunk_samples()));
    check_decoder_memory(band + chunk, limits, kSubject, "", " for its tiles");
    // Tiles may be much larger than the image and all contain the same few bytes; the check bounds the time.
    const std::int64_t all =
        chunk * layout_.chunks_across() * layout_.chunks_down() * (layout_.planes ? layout_.samples : 1);
    if (all > limits.max_decoded_bytes) {
      fail(ErrorCode::limit, kSubject,
           "has tiles of " + std::to_string(all) + " bytes in all, expected at most " +
               std::to_string(limits.max_decoded_bytes));
    }
    chunk_bytes_ = static_cast<std::size_t>(chunk);
    band_bytes_ = static_cast<std::size_t>(band);
  }

  const std::uint8_t* stored_row(std::int32_t y) {
    if (!is_simple()) {
      const std::int32_t in_band = y % layout_.chunk_height;
      if (in_band == 0) {
        load_band(y / layout_.chunk_height);
      }
      return band_.data() + static_cast<std::size_t>(in_band) * row_bytes_;
    }
    if (decoder_) {
      decoder_->read_row(y, row_.data());
      return row_.data();
    }
    const auto strip = static_cast<std::size_t>(y / layout_.chunk_height);
    return raw_row(strip, y % layout_.chunk_height, row_bytes_, row_bytes_);
  }

  /// `count` bytes of one row of an uncompressed chunk; valid until the next call.
  const std::uint8_t* raw_row(std::size_t chunk, std::int32_t row, std::size_t stride, std::size_t count) {
    const std::uint64_t begin = layout_.offsets[chunk];
    const std::uint64_t skip = static_cast<std::uint64_t>(row) * stride;
    if (begin > file_.size() || file_.size() - begin < skip + count) {
      fail(ErrorCode::truncated, kSubject,
           "ends after " + std::to_string(file_.size()) + " bytes, inside its pixels");
    }
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(file_.data()) + begin + skip;
    if (!layout_.reversed_bits) {
      return bytes;
    }
    raw_.resize(count);
    std::transform(bytes, bytes + count, raw_.begin(), reversed);
    return raw_.data();
  }

  /// Assembles the chunks of one row of chunks, including planes.
  void load_band(std::int32_t band) {
    band_.resize(band_bytes_);
    chunk_.resize(decoder_ ? chunk_bytes_ : 0);
    const int planes = layout_.planes ? pixels_->samples() : 1;
    const auto across = static_cast<std::size_t>(layout_.chunks_across());
    const auto down = static_cast<std::size_t>(layout_.chunks_down());
    for (int plane = 0; plane < planes; ++plane) {
      for (std::size_t x = 0; x < across; ++x) {
        const std::size_t index =
            (static_cast<std::size_t>(plane) * down + static_cast<std::size_t>(band)) * across + x;
        if (decoder_) {
          decoder_->read_chunk(static_cast<std::uint32_t>(index), chunk_.data(), chunk_.size());
        }
        place_chunk(index, band, static_cast<std::int32_t>(x), plane);
      }
    }
  }

  void place_chunk(std::size_t index, std::int32_t band, std::int32_t column, int plane) {
    const std::int32_t rows = std::min(layout_.chunk_height, layout_.height - band * layout_.chunk_height);
    const std::int32_t left = column * layout_.chunk_width;
    const std::int32_t pixels = std::min(layout_.chunk_width, layout_.width - left);
    const std::size_t stride = layout_.row_bytes(layout_.chunk_width, chunk_samples());
    const std::size_t count = layout_.row_bytes(pixels, chunk_samples());
    for (std::int32_t row = 0; row < rows; ++row) {
      const std::uint8_t* from = decoder_ ? chunk_.data() + static_cast<std::size_t>(row) * stride
                                          : raw_row(index, row, stride, count);
      std::uint8_t* to = band_.data() + static_cast<std::size_t>(row) * row_bytes_;
      if (!layout_.planes || pixels_->samples() == 1) {
        std::copy_n(from, count, to + layout_.row_bytes(left, chunk_samples()));
        continue;
      }
      const auto size = static_cast<std::size_t>(layout_.bits / 8);
      const std::size_t pixel = size * static_cast<std::size_t>(pixels_->samples());
      to += static_cast<std::size_t>(left) * pixel + static_cast<std::size_t>(plane) * size;
      for (std::int32_t x = 0; x < pixels; ++x, from += size, to += pixel) {
        std::copy_n(from, size, to);
      }
    }
  }

  ByteView file_;
  ImageWarnings* warnings_;
  TiffLayout layout_;
  std::optional<TiffPixels> pixels_;
  std::optional<TiffDecoder> decoder_;  // of compressed chunks
  std::int32_t next_row_ = 0;
  std::size_t row_bytes_ = 0;
  std::size_t band_bytes_ = 0;
  std::size_t chunk_bytes_ = 0;
  std::vector<std::uint8_t> row_;
  std::vector<std::uint8_t> raw_;    // of one row, with its bits in order
  std::vector<std::uint8_t> band_;   // the rows of one row of chunks
  std::vector<std::uint8_t> chunk_;  // a decoded chunk
};

class TiffCodec : public ImageCodec {
 public:
  std::string_view name() const override { return "tiff"; }
  std::unique_ptr<RowReader> open(ByteView file, const ImageLimits& limits,
                                  ImageWarnings* warnings) const override {
    return std::make_unique<TiffReader>(file, limits, warnings);
  }
};

}  // namespace

std::string tiff_compression_name(std::uint32_t compression) {
  const Compression* found = find_compression(compression);
  return found != nullptr ? std::string(found->name) : "method " + std::to_string(compression);
}

const ImageCodec& tiff_codec() {
  static const TiffCodec codec;
  return codec;
}

}  // namespace sightline
