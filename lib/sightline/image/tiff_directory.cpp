// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/tiff_directory.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "sightline/image/codec.h"
#include "sightline/image/orientation.h"
#include "sightline/image/tiff_entries.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "TIFF";
constexpr std::size_t kMaxSamples = 6;  // Pillow's limit
enum Tag : std::uint32_t {
  kWidth = 256,
  kHeight = 257,
  kBits = 258,
  kCompression = 259,
  kPhotometric = 262,
  kFillOrder = 266,
  kStripOffsets = 273,
  kOrientation = 274,
  kSamples = 277,
  kRowsPerStrip = 278,
  kStripSizes = 279,
  kPlanarConfig = 284,
  kPalette = 320,
  kTileWidth = 322,
  kTileHeight = 323,
  kTileOffsets = 324,
  kTileSizes = 325,
  kExtraSamples = 338,
  kSampleFormat = 339,
  kSubsampling = 530,
  kXmp = 700,
};

std::string numbers_text(const std::vector<std::uint64_t>& values) {
  std::string text;
  for (const std::uint64_t value : values) {
    text += (text.empty() ? "" : ", ") + std::to_string(value);
  }
  return text;
}

class DirectoryReader {
 public:
  DirectoryReader(ByteView file, const ImageLimits& limits, ImageWarnings* warnings)
      : file_(file), limits_(limits), entries_(file) {
    if (entries_.truncated_tag()) {
      warn(warnings, "TIFF: ends before the value of tag " + std::to_string(*entries_.truncated_tag()) +
                         "; this tag and the following ones are ignored");
    }
  }

  TiffLayout run() {
    layout_.big_endian = entries_.big_endian();
    const auto [width, height] = size(kWidth, kHeight, "an image");
    layout_.width = width;
    layout_.height = height;
    read_kind();
    read_samples();
    read_chunks();
    read_palette();
    layout_.orientation = orientation();
    return layout_;
  }

 private:
  [[noreturn]] void fail_value(std::string_view what, std::uint64_t value, std::string_view expected) const {
    fail(ErrorCode::header, kSubject,
         "has " + std::string(what) + " " + std::to_string(value) + ", expected " + std::string(expected));
  }

  std::uint64_t required(std::uint32_t tag) const {
    const std::optional<std::uint64_t> value = entries_.number(tag);
    if (!value) {
      const std::optional<std::uint32_t> truncated_tag = entries_.truncated_tag();
      fail(truncated_tag ? ErrorCode::truncated : ErrorCode::header, kSubject,
           truncated_tag ? "ends before the value of tag " + std::to_string(*truncated_tag)
                         : "has no tag " + std::to_string(tag));
    }
    return *value;
  }

  /// Two dimensions, checked like those of an image.
  std::pair<std::int32_t, std::int32_t> size(std::uint32_t width_tag, std::uint32_t height_tag,
                                             std::string_view what) const {
    const std::uint64_t width = required(width_tag), height = required(height_tag);
    constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (width == 0 || height == 0 || width > kMost || height > kMost) {
      fail(ErrorCode::header, kSubject,
           "has " + std::string(what) + " of " + std::to_string(width) + "x" + std::to_string(height) +
               ", expected sides from 1 to " + std::to_string(kMost));
    }
    check_image_size(static_cast<std::int64_t>(width), static_cast<std::int64_t>(height), limits_, kSubject);
    return {static_cast<std::int32_t>(width), static_cast<std::int32_t>(height)};
  }

  void read_kind() {
    layout_.compression = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(entries_.number(kCompression).value_or(1), UINT32_MAX));
    const std::uint64_t photometric = entries_.number(kPhotometric).value_or(0);
    constexpr std::array<std::uint64_t, 7> kKnown = {0, 1, 2, 3, 5, 6, 8};
    if (std::find(kKnown.begin(), kKnown.end(), photometric) == kKnown.end()) {
      fail(ErrorCode::unsupported, kSubject,
           "has unsupported colours of kind " + std::to_string(photometric));
    }
    layout_.photometric = static_cast<TiffPhotometric>(photometric);
    const std::uint64_t planar = entries_.number(kPlanarConfig).value_or(1);
    if (planar != 1 && planar != 2) {
      fail_value("planar configuration", planar, "1 or 2");
    }
    layout_.planes = planar == 2;
    const std::uint64_t order = entries_.number(kFillOrder).value_or(1);
    if (order != 1 && order != 2) {
      fail_value("fill order", order, "1 or 2");
    }
    layout_.reversed_bits = order == 2;
    for (const std::uint64_t factor : entries_.numbers(kSubsampling, 2)) {
      layout_.subsampled = layout_.subsampled || factor != 1;
    }
  }

  void read_samples() {
    std::vector<std::uint64_t> bits = entries_.numbers(kBits, 64);
    bits = bits.empty() ? std::vector<std::uint64_t>{1} : bits;
    std::uint64_t samples = entries_.number(kSamples).value_or(1);
    if (samples == 0 || samples > kMaxSamples) {
      fail(ErrorCode::unsupported, kSubject,
           "has " + std::to_string(samples) + " samples per pixel, expected 1 to " +
               std::to_string(kMaxSamples));
    }
    // As in Pillow: extra numbers are dropped, and a single one applies to all samples.
    bits.resize(bits.size() == 1 ? samples : std::min<std::uint64_t>(bits.size(), samples), bits[0]);
    if (bits.size() != samples || std::count(bits.begin(), bits.end(), bits[0]) != std::ssize(bits)) {
      fail(ErrorCode::unsupported, kSubject,
           "has " + std::to_string(samples) + " samples of " + numbers_text(bits) + " bits");
    }
    layout_.bits = static_cast<int>(std::min<std::uint64_t>(bits[0], 1000));
    layout_.samples = static_cast<int>(samples);
    const std::vector<std::uint64_t> formats = entries_.numbers(kSampleFormat, 64);
    const std::uint64_t format = formats.empty() ? 1 : formats[0];
    if (std::count(formats.begin(), formats.end(), format) != std::ssize(formats)) {
      fail(ErrorCode::unsupported, kSubject, "has samples of formats " + numbers_text(formats));
    }
    layout_.sample_format = static_cast<int>(std::min<std::uint64_t>(format, 1000));
    for (const std::uint64_t meaning : entries_.numbers(kExtraSamples, 64)) {
      layout_.extra.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(meaning, UINT32_MAX)));
    }
  }

  void read_chunks() {
    layout_.tiled = !entries_.has(kStripOffsets);
    if (layout_.tiled) {
      const auto [width, height] = size(kTileWidth, kTileHeight, "tiles");
      layout_.chunk_width = width;
      layout_.chunk_height = height;
      is_whole_ = width == layout_.width && height == layout_.height;
    } else {
      const std::uint64_t rows =
          entries_.number(kRowsPerStrip).value_or(static_cast<std::uint64_t>(layout_.height));
      if (rows == 0) {
        fail_value("strips of rows", rows, "1 or more");
      }
      layout_.chunk_width = layout_.width;
      is_whole_ = rows == static_cast<std::uint64_t>(layout_.height);
      layout_.chunk_height =
          static_cast<std::int32_t>(std::min(rows, static_cast<std::uint64_t>(layout_.height)));
    }
    const std::int64_t needed =
        layout_.chunks_across() * layout_.chunks_down() * (layout_.planes ? layout_.samples : 1);
    if (needed > static_cast<std::int64_t>(kMaxTiffChunks)) {
      fail(ErrorCode::limit, kSubject,
           "has " + std::to_string(needed) + (layout_.tiled ? " tiles" : " strips") + ", expected at most " +
               std::to_string(kMaxTiffChunks));
    }
    const std::uint32_t tag = layout_.tiled ? kTileOffsets : kStripOffsets;
    required(tag);
    layout_.offsets = entries_.numbers(tag, kMaxTiffChunks);
    const auto count = static_cast<std::size_t>(needed);
    if (layout_.offsets.size() > count && is_whole_ && !layout_.planes) {  // as in Pillow: the last one
                                                                           // counts
      layout_.offsets.erase(layout_.offsets.begin(), layout_.offsets.end() - 1);
    }
    if (layout_.offsets.size() != count) {
      fail(ErrorCode::header, kSubject,
           "has " + std::to_string(layout_.offsets.size()) + (layout_.tiled ? " tiles" : " strips") +
               ", expected " + std::to_string(count));
    }
    note_cut(entries_.numbers(layout_.tiled ? kTileSizes : kStripSizes, kMaxTiffChunks));
  }

  void note_cut(const std::vector<std::uint64_t>& sizes) {
    for (std::size_t i = 0; i < layout_.offsets.size(); ++i) {
      const std::uint64_t size = i < sizes.size() ? sizes[i] : 0;
      layout_.is_truncated = layout_.is_truncated || layout_.offsets[i] > file_.size() ||
                             size > file_.size() - layout_.offsets[i];
    }
  }

  void read_palette() {
    if (layout_.photometric != TiffPhotometric::palette) {
      return;
    }
    required(kPalette);
    for (const std::uint64_t level : entries_.numbers(kPalette, 3 * 256)) {
      layout_.palette.push_back(static_cast<std::uint8_t>(level >> 8));
    }
    layout_.palette.resize(layout_.palette.size() / 3 * 3);
  }

  int orientation() const {
    if (!entries_.big_tiff()) {  // the file has the structure of EXIF data
      return metadata_orientation(file_, entries_.bytes(kXmp)).value;
    }
    if (!entries_.has(kOrientation)) {
      return xmp_orientation(entries_.bytes(kXmp));
    }
    const std::uint64_t value = entries_.number(kOrientation).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }

  ByteView file_;
  const ImageLimits& limits_;
  TiffEntries entries_;
  TiffLayout layout_;
  bool is_whole_ = false;  // a chunk has exactly the size of the image
};

}  // namespace

std::int64_t TiffLayout::chunks_across() const {
  return (std::int64_t{width} + chunk_width - 1) / chunk_width;
}
std::int64_t TiffLayout::chunks_down() const {
  return (std::int64_t{height} + chunk_height - 1) / chunk_height;
}
std::size_t TiffLayout::row_bytes(std::int64_t pixels, int per_pixel) const {
  return (static_cast<std::size_t>(pixels) * static_cast<std::size_t>(per_pixel * bits) + 7) / 8;
}

TiffLayout read_tiff_layout(ByteView file, const ImageLimits& limits, ImageWarnings* warnings) {
  return DirectoryReader(file, limits, warnings).run();
}

}  // namespace sightline
