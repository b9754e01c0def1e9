// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/png_chunks.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "sightline/image/png_orientation.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "PNG";

std::uint32_t big_endian(ByteView bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<std::uint32_t>(bytes[at + i]);
  }
  return value;
}

/// CRC-32 of PNG (annex D), bit by bit, because it is rarely needed; see PngLayout::last_checksum.
std::uint32_t checksum(ByteView bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const std::byte byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    }
  }
  return ~crc;
}

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

class ChunkWalk {
 public:
  ChunkWalk(ByteView file, const ImageLimits& limits, ImageWarnings* warnings, PngLayout& layout)
      : file_(file), limits_(limits), warnings_(warnings), layout_(layout) {}

  void run() {
    layout_.essential.push_back(file_.first(kPngSignature.size()));
    at_ = kPngSignature.size();
    while (!done_ && next_chunk()) {
    }
    if (!done_ && data_ != Data::none) {
      warn(warnings_, "PNG: no end chunk (IEND)");
    }
    if (data_ == Data::none) {
      fail(done_ ? ErrorCode::header : ErrorCode::truncated, kSubject, "has no image data (IDAT)");
    }
    finish();
  }

 private:
  enum class Data { none, running, over };  // position relative to the run of IDAT chunks

  /// Reads one chunk. Returns false at the end of the file, or at damage after the image data, which is
  /// harmless.
  bool next_chunk() {
    const std::size_t left = file_.size() - at_;
    const bool after_data = data_ != Data::none;
    if (left < 8) {
      return end_of_file(after_data, left);
    }
    const std::size_t length = big_endian(file_, at_);
    const std::string_view type = as_text(file_.subspan(at_ + 4, 4));
    const bool is_chunk = length <= 0x7fffffff && std::all_of(type.begin(), type.end(), is_letter);
    if (!is_chunk && after_data) {
      warn(warnings_, "PNG: invalid data after the image data");
      return false;
    }
    if (!is_chunk) {
      fail(ErrorCode::header, kSubject, "has no valid chunk at offset " + std::to_string(at_));
    }
    if (left - 8 < length) {
      return end_of_file(after_data && type != "IDAT", left);
    }
    const ByteView whole = file_.subspan(at_, std::min(left, length + 12));
    if (whole.size() < length + 12 && !after_data && type != "IDAT") {
      return end_of_file(false, left);
    }
    at_ += whole.size();
    take(type, whole, whole.subspan(8, length));
    return true;
  }

  bool end_of_file(bool harmless, std::size_t left) {
    if (!harmless) {
      fail(ErrorCode::truncated, kSubject,
           "ends after " + std::to_string(file_.size()) + " bytes, " +
               (left < 8 ? "where a chunk is expected" : "inside a chunk"));
    }
    return false;
  }

  void take(std::string_view type, ByteView whole, ByteView data) {
    if (layout_.width == 0) {
      if (type != "IHDR") {
        fail(ErrorCode::header, kSubject, "starts with " + std::string(type) + ", expected IHDR");
      }
      read_header(data);
      layout_.essential.push_back(whole);
      return;
    }
    if (data_ == Data::running && type != "IDAT") {
      data_ = Data::over;
    }
    if (type == "IDAT") {
      take_data(whole, data);
    } else if (type == "IEND") {
      done_ = true;
    } else if (type == "IHDR") {
      fail(ErrorCode::header, kSubject, "has two headers (IHDR)");
    } else if (type == "PLTE") {
      take_palette(whole, data);
    } else if (type == "tRNS") {
      transparency_ = data;
      has_transparency_ = true;
    } else if (type[0] <= 'Z') {
      fail(ErrorCode::unsupported, kSubject, "has the unknown critical chunk " + std::string(type));
    } else {
      orientation_.take(type, data);
    }
  }

  void read_header(ByteView data) {
    if (data.size() != 13) {
      fail(ErrorCode::header, kSubject,
           "has a header of " + std::to_string(data.size()) + " bytes, expected 13");
    }
    const std::uint32_t width = big_endian(data, 0);
    const std::uint32_t height = big_endian(data, 4);
    if (width == 0 || height == 0 || width > 0x7fffffff || height > 0x7fffffff) {
      fail(ErrorCode::header, kSubject,
           "is " + std::to_string(width) + "x" + std::to_string(height) +
               ", expected sides from 1 to 2147483647");
    }
    check_image_size(width, height, limits_, kSubject);
    layout_.width = static_cast<std::int32_t>(width);
    layout_.height = static_cast<std::int32_t>(height);
    check_type(static_cast<int>(data[8]), static_cast<int>(data[9]));
    for (std::size_t i = 10; i <= 12; ++i) {
      constexpr std::array<std::string_view, 3> kNames = {"compression", "filter", "interlace"};
      const int max_method = i == 12 ? 1 : 0;
      if (static_cast<int>(data[i]) > max_method) {
        fail(ErrorCode::header, kSubject,
             "has " + std::string(kNames[i - 10]) + " method " + std::to_string(static_cast<int>(data[i])) +
                 ", expected at most " + std::to_string(max_method));
      }
    }
    layout_.interlaced = static_cast<int>(data[12]) == 1;
  }

  void check_type(int depth, int color) {
    const bool power = depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    const bool valid = (color == 0 && power) || (color == 3 && power && depth <= 8) ||
                       ((color == 2 || color == 4 || color == 6) && (depth == 8 || depth == 16));
    if (!valid) {
      fail(ErrorCode::header, kSubject,
           "has bit depth " + std::to_string(depth) + " with color type " + std::to_string(color) +
               ", expected one of the 15 combinations of the standard");
    }
    layout_.depth = depth;
    layout_.color = static_cast<PngColor>(color);
  }

  void take_data(ByteView whole, ByteView data) {
    if (data_ == Data::over) {
      if (!has_second_data_) {
        warn(warnings_, "PNG: image data (IDAT) in two places, the second is ignored");
      }
      has_second_data_ = true;
      return;
    }
    data_ = Data::running;
    if (whole.size() == data.size() + 12) {
      layout_.essential.push_back(whole);
      return;
    }
    // The file ends inside the last checksum. The image is complete, so libpng is given the missing checksum.
    const std::uint32_t crc = checksum(whole.subspan(4, data.size() + 4));
    for (std::size_t i = 0; i < 4; ++i) {
      layout_.last_checksum[i] = static_cast<std::byte>(crc >> (24 - 8 * i) & 0xff);
    }
    layout_.essential.push_back(whole.first(data.size() + 8));
    layout_.essential.push_back(layout_.last_checksum);
    warn(warnings_, "PNG: ends inside the checksum of its image data");
  }

  void take_palette(ByteView whole, ByteView data) {
    if (layout_.color != PngColor::palette || data_ != Data::none) {
      return;  // a suggested palette for limited displays, or too late
    }
    if (!layout_.palette.empty()) {
      fail(ErrorCode::header, kSubject, "has two palettes (PLTE)");
    }
    if (data.empty() || data.size() % 3 != 0 || data.size() > 768) {
      fail(ErrorCode::header, kSubject,
           "has a palette of " + std::to_string(data.size()) + " bytes, expected 1 to 256 triples");
    }
    layout_.palette = data;
    layout_.essential.insert(layout_.essential.begin() + 2, whole);
  }

  void finish() {
    if (layout_.color == PngColor::palette && layout_.palette.empty()) {
      fail(ErrorCode::header, kSubject, "has color type 3 but no palette (PLTE)");
    }
    const ExifOrientation orientation = orientation_.value();
    layout_.orientation = orientation.value;
    if (orientation.unreadable) {
      warn(warnings_, "PNG: EXIF data is unreadable and ignored");
    }
    if (has_transparency_) {
      take_transparency();
    }
  }

  void take_transparency() {
    const bool palette = layout_.color == PngColor::palette;
    const std::size_t least = layout_.color == PngColor::grey ? 2 : layout_.color == PngColor::rgb ? 6 : 1;
    if (layout_.color == PngColor::grey_alpha || layout_.color == PngColor::rgb_alpha ||
        transparency_.size() < least) {
      warn(warnings_, "PNG: a transparency chunk (tRNS) of " + std::to_string(transparency_.size()) +
                          " bytes does not fit the color type and is ignored");
      return;
    }
    if (palette && transparency_.size() > layout_.palette.size() / 3) {
      warn(warnings_, "PNG: more transparency entries (tRNS) than colours");
    }
    layout_.transparency =
        transparency_.first(std::min<std::size_t>(transparency_.size(), palette ? 256 : least));
  }

  ByteView file_;
  const ImageLimits& limits_;
  ImageWarnings* warnings_;
  PngLayout& layout_;
  std::size_t at_ = 0;
  Data data_ = Data::none;
  bool done_ = false;
  bool has_second_data_ = false;
  bool has_transparency_ = false;
  ByteView transparency_;
  PngOrientation orientation_;
};

}  // namespace

void read_png_layout(ByteView file, const ImageLimits& limits, ImageWarnings* warnings, PngLayout& layout) {
  ChunkWalk(file, limits, warnings, layout).run();
}

}  // namespace sightline
