// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/image/pixel_pipeline.h"
#include "support/golden.h"

/// JPEG and PNG files built byte by byte, most of them malformed.
namespace sightline::testing {

inline std::string bytes_of(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) {
    out.push_back(static_cast<char>(value));
  }
  return out;
}

inline std::string big_endian(std::uint32_t value, int size) {
  std::string out;
  for (int i = size - 1; i >= 0; --i) {
    out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
  return out;
}

inline std::string golden_image(const std::string& name) {
  return read_text(golden_path("image/files/" + name));
}

// ---- JPEG

inline std::string jpeg_segment(int marker, std::string_view payload) {
  return bytes_of({0xff, marker}) + big_endian(static_cast<std::uint32_t>(payload.size() + 2), 2) +
         std::string(payload);
}

/// A frame header of grey (1 component) or more, all with `sampling`.
inline std::string jpeg_frame(int marker, int width, int height, int components = 1, int sampling = 0x11,
                              int precision = 8) {
  std::string payload = bytes_of({precision}) + big_endian(static_cast<std::uint32_t>(height), 2) +
                        big_endian(static_cast<std::uint32_t>(width), 2) + bytes_of({components});
  for (int i = 0; i < components; ++i) {
    payload += bytes_of({i + 1, sampling, 0});
  }
  return jpeg_segment(marker, payload);
}

/// A quantization table of ones and two Huffman tables of one code, a single 0 bit: DC difference 0, and
/// `ac`.
inline std::string jpeg_tables(int ac = 0) {
  const std::string one_code = bytes_of({1}) + std::string(15, '\0');
  return jpeg_segment(0xdb, bytes_of({0}) + std::string(64, '\1')) +
         jpeg_segment(0xc4, bytes_of({0x00}) + one_code + bytes_of({0})) +
         jpeg_segment(0xc4, bytes_of({0x10}) + one_code + bytes_of({ac}));
}

inline std::string jpeg_scan(int first = 0, int last = 63, int bits = 0) {
  return jpeg_segment(0xda, bytes_of({1, 1, 0x00, first, last, bits}));
}

inline const std::string kSoi = "\xff\xd8";
inline const std::string kEoi = "\xff\xd9";

/// A grey 8x8 image of one block; `between` is inserted before the frame header, where markers may be.
inline std::string tiny_jpeg(const std::string& between = "",
                             const std::string& frame = jpeg_frame(0xc0, 8, 8)) {
  return kSoi + between + jpeg_tables() + frame + jpeg_scan() + bytes_of({0x3f}) + kEoi;
}

/// The size of the segment whose marker is at `at`, marker included.
inline std::size_t jpeg_segment_size(const std::string& file, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(file[i]));
  };
  return 2 + byte(at + 2) * 256 + byte(at + 3);
}

/// `file` without the segments of one marker.
inline std::string without_marker(const std::string& file, int marker) {
  std::string out = file.substr(0, 2);
  std::size_t at = 2;
  while (static_cast<unsigned char>(file[at + 1]) != 0xda) {
    const std::size_t size = jpeg_segment_size(file, at);
    if (static_cast<unsigned char>(file[at + 1]) != marker) {
      out += file.substr(at, size);
    }
    at += size;
  }
  return out + file.substr(at);
}

// ---- PNG

inline std::uint32_t crc32_of(std::string_view text) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    }
  }
  return ~crc;
}

inline std::string png_chunk(std::string_view type, std::string_view data) {
  const std::string body = std::string(type) + std::string(data);
  return big_endian(static_cast<std::uint32_t>(data.size()), 4) + body + big_endian(crc32_of(body), 4);
}

inline std::string png_header(std::uint32_t width, std::uint32_t height, int depth, int color,
                              int compression = 0, int filter = 0, int interlace = 0) {
  return png_chunk("IHDR", big_endian(width, 4) + big_endian(height, 4) +
                               bytes_of({depth, color, compression, filter, interlace}));
}

/// A zlib stream of stored blocks.
inline std::string stored(std::string_view raw) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : raw) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  std::string out = bytes_of({0x78, 0x01});
  for (std::size_t at = 0; at == 0 || at < raw.size(); at += 65535) {
    const std::string_view block = raw.substr(at, 65535);
    const auto size = static_cast<int>(block.size());
    const int last = at + 65535 >= raw.size() ? 1 : 0;
    out += bytes_of({last, size & 255, size >> 8, ~size & 255, ~size >> 8 & 255}) + std::string(block);
  }
  return out + big_endian(b << 16 | a, 4);
}

inline const std::string kPngStart = "\x89PNG\r\n\x1a\n";
inline const std::string kPngEnd = png_chunk("IEND", "");

/// The rows of a grey 8-bit image, without a filter.
inline std::string grey_rows(int width, int height) {
  std::string rows;
  for (int y = 0; y < height; ++y) {
    rows.push_back('\0');
    for (int x = 0; x < width; ++x) {
      rows.push_back(static_cast<char>(17 * x + 31 * y));
    }
  }
  return rows;
}

/// A grey 4x4 image; `before` and `after` are chunks around its data.
inline std::string tiny_png(const std::string& before = "", const std::string& after = kPngEnd) {
  return kPngStart + png_header(4, 4, 8, 0) + before + png_chunk("IDAT", stored(grey_rows(4, 4))) + after;
}

// ---- verdicts

struct Verdict {
  std::string word;  ///< "OK", "OK warned" or the class of the error
  std::string message;
  Image image;
};

/// The whole image as stored, or the reason why it was rejected.
inline Verdict judge(const std::string& file, const ImageLimits& limits = {}) {
  Verdict verdict;
  std::vector<std::string> warnings;
  try {
    PixelPipeline as_it_is;
    as_it_is.resize = ResizeMode::none;
    as_it_is.crop = false;
    verdict.image = load_pixels(as_bytes(file), as_it_is, limits, &warnings);
    verdict.word = warnings.empty() ? "OK" : "OK warned";
    verdict.message = warnings.empty() ? "" : warnings.front();
  } catch (const Error& error) {
    verdict.word = class_name(error.code());
    verdict.message = error.what();
  }
  return verdict;
}

}  // namespace sightline::testing
