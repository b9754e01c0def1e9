// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/jpeg_markers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "sightline/image/codec.h"
#include "sightline/image/orientation.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "JPEG";
constexpr std::size_t kMaxExifBytes = 1 << 20;
constexpr std::string_view kExifPrefix("Exif\0\0", 6);
constexpr std::string_view kXmpPrefix("http://ns.adobe.com/xap/1.0/\0", 29);

enum Marker : std::uint8_t { kDHT = 0xc4, kDAC = 0xcc, kEOI = 0xd9, kSOS = 0xda, kAPP1 = 0xe1 };

bool is_frame(std::uint8_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != kDHT && marker != kDAC;
}
/// Huffman or arithmetic coding of sequential and progressive DCT.
bool is_supported_frame(std::uint8_t marker) { return marker <= 0xc2 || marker == 0xc9 || marker == 0xca; }
/// TEM, the restart markers and a second SOI have no length; all others do.
bool stands_alone(std::uint8_t marker) { return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8); }

std::int64_t blocks(std::int64_t size, int factor, int max_factor) {
  const std::int64_t samples = (size * factor + max_factor - 1) / max_factor;
  return (samples + 8 * factor - 1) / (8 * factor) * factor;
}

class MarkerWalk {
 public:
  MarkerWalk(ByteView file, const ImageLimits& limits) : file_(file), limits_(limits) {}

  JpegLayout run() {
    for (std::uint8_t marker = next_marker(); marker != kEOI; marker = next_marker()) {
      if (!stands_alone(marker)) {
        read_segment(marker);
      }
    }
    if (layout_.scans == 0) {
      fail(ErrorCode::truncated, kSubject, "ends before any image data");
    }
    finish();
    return layout_;
  }

 private:
  std::uint8_t byte(std::size_t at) const { return static_cast<std::uint8_t>(file_[at]); }
  int big_endian(std::size_t at) const { return byte(at) << 8 | byte(at + 1); }

  /// The code of the next marker; skips other bytes (entropy-coded data, stuffed zeros, padding).
  std::uint8_t next_marker() {
    while (at_ < file_.size()) {
      const void* found = std::memchr(file_.data() + at_, 0xff, file_.size() - at_);
      if (found == nullptr) {
        break;
      }
      at_ = static_cast<std::size_t>(static_cast<const std::byte*>(found) - file_.data()) + 1;
      while (at_ < file_.size() && byte(at_) == 0xff) {
        ++at_;
      }
      if (at_ < file_.size() && byte(at_++) != 0) {
        return byte(at_ - 1);
      }
    }
    fail(ErrorCode::truncated, kSubject,
         "ends after " + std::to_string(file_.size()) + " bytes without an end-of-image marker");
  }

  void read_segment(std::uint8_t marker) {
    if (file_.size() - at_ < 2) {
      fail(ErrorCode::truncated, kSubject, "ends inside a marker");
    }
    const auto length = static_cast<std::size_t>(big_endian(at_));
    if (length < 2) {
      fail(ErrorCode::header, kSubject,
           "has a marker of length " + std::to_string(length) + ", expected 2 or more");
    }
    if (file_.size() - at_ < length) {
      fail(ErrorCode::truncated, kSubject,
           "ends inside a marker of " + std::to_string(length) + " bytes at offset " +
               std::to_string(at_ - 2));
    }
    const ByteView payload = file_.subspan(at_ + 2, length - 2);
    at_ += length;
    if (is_frame(marker)) {
      read_frame(marker, payload);
    } else if (marker == kSOS) {
      read_scan(payload);
    } else if (marker == kAPP1 && layout_.scans == 0) {
      read_app1(as_text(payload));
    }
  }

  void read_frame(std::uint8_t marker, ByteView payload) {
    if (!is_supported_frame(marker)) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      fail(ErrorCode::unsupported, kSubject,
           std::string("has a frame of type SOF") + std::to_string(marker - 0xc0) + " (marker ff c" +
               kDigits[marker & 15] + "), expected sequential or progressive DCT");
    }
    if (layout_.components != 0) {
      fail(ErrorCode::header, kSubject, "has two frame headers");
    }
    if (payload.size() < 6) {
      fail(ErrorCode::header, kSubject, "has a frame header of " + std::to_string(payload.size()) + " bytes");
    }
    const auto field = [&](std::size_t i) { return static_cast<int>(payload[i]); };
    if (field(0) != 8) {
      fail(ErrorCode::unsupported, kSubject, "has " + std::to_string(field(0)) + "-bit samples, expected 8");
    }
    layout_.height = field(1) << 8 | field(2);
    layout_.width = field(3) << 8 | field(4);
    layout_.components = field(5);
    layout_.progressive = marker == 0xc2 || marker == 0xca;
    check_frame(payload);
  }

  void check_frame(ByteView payload) {
    const int n = layout_.components;
    if (layout_.width == 0) {
      fail(ErrorCode::header, kSubject, "has width 0");
    }
    if (payload.size() != 6 + 3 * static_cast<std::size_t>(n) || n == 0) {
      fail(ErrorCode::header, kSubject,
           "has a frame header of " + std::to_string(payload.size()) + " bytes for " + std::to_string(n) +
               " components, expected " + std::to_string(6 + 3 * n));
    }
    if (layout_.height == 0) {
      fail(ErrorCode::unsupported, kSubject, "leaves its height to a later marker (DNL)");
    }
    check_image_size(layout_.width, layout_.height, limits_, kSubject);
    if (n != 1 && n != 3 && n != 4) {
      fail(ErrorCode::unsupported, kSubject, "has " + std::to_string(n) + " components, expected 1, 3 or 4");
    }
    for (int i = 0; i < n; ++i) {
      const int factors = static_cast<int>(payload[6 + 3 * static_cast<std::size_t>(i) + 1]);
      ids_[static_cast<std::size_t>(i)] = payload[6 + 3 * static_cast<std::size_t>(i)];
      across_[static_cast<std::size_t>(i)] = factors >> 4;
      down_[static_cast<std::size_t>(i)] = factors & 15;
      for (const int factor : {factors >> 4, factors & 15}) {
        if (factor < 1 || factor > 4) {
          fail(ErrorCode::header, kSubject,
               "has a sampling factor of " + std::to_string(factor) + ", expected 1 to 4");
        }
      }
    }
  }

  void read_scan(ByteView payload) {
    if (layout_.components == 0) {
      fail(ErrorCode::header, kSubject, "has a scan before its frame header");
    }
    ++layout_.scans;
    note_scanned(payload);
    if (!payload.empty() && static_cast<int>(payload[0]) < layout_.components) {
      several_scans_ = true;
    }
    if (layout_.scans > limits_.max_jpeg_scans) {
      fail(ErrorCode::limit, kSubject,
           "has more than " + std::to_string(limits_.max_jpeg_scans) +
               " scans, each of which requires a full pass");
    }
    const std::int64_t pixels = std::int64_t{layout_.width} * layout_.height;
    if (checked_mul(layout_.scans, pixels, kSubject) > limits_.max_scan_pixels && layout_.scans > 1) {
      fail(ErrorCode::limit, kSubject,
           "has " + std::to_string(layout_.scans) + " scans of " + std::to_string(pixels) +
               " pixels, expected at most " + std::to_string(limits_.max_scan_pixels) + " pixels in all");
    }
  }

  /// Marks the components of one scan with the header `payload`.
  void note_scanned(ByteView payload) {
    for (std::size_t at = 1; at + 1 < payload.size() && at <= 2 * static_cast<std::size_t>(payload[0]);
         at += 2) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(layout_.components); ++i) {
        scanned_[i] = scanned_[i] || ids_[i] == payload[at];
      }
    }
  }

  void read_app1(std::string_view payload) {
    if (payload.starts_with(kExifPrefix)) {
      // A block above 64 kB is split over several markers; Pillow joins them, too.
      const std::string_view part = payload.substr(kExifPrefix.size());
      exif_.append(part.substr(0, kMaxExifBytes - std::min(exif_.size(), kMaxExifBytes)));
    } else if (payload.starts_with(kXmpPrefix)) {
      xmp_ = payload.substr(kXmpPrefix.size());
    }
  }

  void finish() {
    const ExifOrientation orientation = metadata_orientation(as_bytes(exif_), as_bytes(xmp_));
    layout_.orientation = orientation.value;
    layout_.exif_unreadable = orientation.unreadable;
    for (std::size_t i = 0; i < static_cast<std::size_t>(layout_.components); ++i) {
      layout_.components_missing = layout_.components_missing || !scanned_[i];
    }
    if (!layout_.progressive && !several_scans_) {
      return;
    }
    const int max_across = *std::max_element(across_.begin(), across_.end());
    const int max_down = *std::max_element(down_.begin(), down_.end());
    for (std::size_t i = 0; i < static_cast<std::size_t>(layout_.components); ++i) {
      layout_.coefficient_bytes +=
          64 * 2 * blocks(layout_.width, across_[i], max_across) * blocks(layout_.height, down_[i], max_down);
    }
    check_decoder_memory(layout_.coefficient_bytes, limits_, kSubject, "", " to hold its coefficients");
  }

  ByteView file_;
  const ImageLimits& limits_;
  std::size_t at_ = 2;  // after SOI
  JpegLayout layout_;
  std::array<int, 4> across_{};  // sampling factors
  std::array<int, 4> down_{};
  bool several_scans_ = false;
  std::array<std::byte, 4> ids_{};  // ids of the components
  std::array<bool, 4> scanned_{};
  std::string exif_;
  std::string_view xmp_;
};

}  // namespace

JpegLayout read_jpeg_layout(ByteView file, const ImageLimits& limits) {
  return MarkerWalk(file, limits).run();
}

}  // namespace sightline
