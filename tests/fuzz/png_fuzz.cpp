// SPDX-License-Identifier: Apache-2.0
// Any bytes as a PNG file, with the checksums of its chunks put right, so that the data inside is reached:
// both decoders give the same rows and the same verdict.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/image/png_chunks.h"
#include "sightline/image/png_decoder.h"
#include "sightline/image/png_library.h"
#include "sightline/image/png_rows.h"

namespace {

constexpr sightline::ImageLimits kLimits = {
    .max_bytes = 1 << 20, .max_pixels = 300'000, .max_decoder_memory = 16 << 20, .checksums = false};

std::uint32_t crc32_of(std::span<const std::uint8_t> bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    }
  }
  return ~crc;
}

std::uint32_t big_endian(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
         static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3];
}

void put_checksums_right(std::vector<std::uint8_t>& file) {
  for (std::size_t at = 8; file.size() - at >= 12;) {
    const std::size_t length = big_endian(file.data() + at);
    if (length > file.size() - at - 12) {
      return;
    }
    const std::uint32_t crc = crc32_of(std::span(file).subspan(at + 4, length + 4));
    at += length + 8;
    for (int i = 0; i < 4; ++i) {
      file[at++] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    }
  }
}

/// Compares the rows themselves: PngRows gives them before it sees a wrong checksum of the data.
void compare_rows(const sightline::PngLayout& layout) {
  if (!sightline::PngRows::can_read(layout)) {
    return;
  }
  const std::size_t channels = layout.color == sightline::PngColor::rgb          ? 3
                               : layout.color == sightline::PngColor::rgb_alpha  ? 4
                               : layout.color == sightline::PngColor::grey_alpha ? 2
                                                                                 : 1;
  const std::size_t bytes = static_cast<std::size_t>(layout.width) * channels *
                            static_cast<std::size_t>(std::max(layout.depth / 8, 1));
  sightline::PngRows rows(layout);
  bool library_failed = false;
  std::int32_t y = 0;
  try {
    sightline::PngLibraryRows library_rows(layout, kLimits);
    for (; y < layout.height; ++y) {
      const std::uint8_t* expected = library_rows.next();
      const std::uint8_t* row = rows.next();
      if (row == nullptr) {
        return;
      }
      if (std::memcmp(row, expected, bytes) != 0) {
        std::abort();
      }
    }
  } catch (const sightline::Error&) {
    library_failed = true;
  }
  for (; library_failed && y < layout.height; ++y) {
    if (rows.next() == nullptr) {
      return;
    }
  }
  if (library_failed && rows.end()) {
    std::abort();
  }
}

std::string outcome_of(sightline::ByteView file, sightline::PngDecoder decoder) {
  sightline::ImageWarnings warnings;
  std::string outcome;
  try {
    const auto reader = sightline::open_png(file, kLimits, &warnings, decoder);
    const sightline::ImageInfo& info = reader->info();
    std::vector<std::uint8_t> row(static_cast<std::size_t>(info.width) *
                                  static_cast<std::size_t>(sightline::channels_of(info.format)));
    for (std::int32_t y = 0; y < info.height; ++y) {
      reader->read(row.data(), row.size(), 1);
      outcome.append(row.begin(), row.end());
    }
    reader->finish();
  } catch (const sightline::Error& error) {
    outcome = error.what();
  }
  for (const std::string& warning : warnings) {
    outcome += warning;
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8 || std::memcmp(data, sightline::kPngSignature.data(), 8) != 0) {
    return 0;
  }
  std::vector<std::uint8_t> bytes(data, data + size);
  put_checksums_right(bytes);
  const sightline::ByteView file = std::as_bytes(std::span(bytes));
  if (outcome_of(file, sightline::PngDecoder::fastest) != outcome_of(file, sightline::PngDecoder::libpng)) {
    std::abort();
  }
  try {
    sightline::PngLayout layout;
    read_png_layout(file, kLimits, nullptr, layout);
    compare_rows(layout);
  } catch (const sightline::Error&) {
    // Refused: fine.
  }
  return 0;
}
