// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/bmp_header.h"

#include <algorithm>
#include <string>

#include "sightline/image/codec.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "BMP";
constexpr std::size_t kFileHeaderBytes = 14;
constexpr std::uint32_t kOs2HeaderBytes = 12;
enum Compression : std::uint32_t { kNone = 0, kRle8 = 1, kRle4 = 2, kBitFields = 3 };

/// Masks of red, green, blue and alpha in the 32 bits of a pixel, with the byte positions of the samples: the
/// combinations that Pillow supports.
struct Masks32 {
  std::array<std::uint32_t, 4> masks;
  std::array<std::size_t, 4> order;
  bool alpha;
};
constexpr std::array kMasks32 = {
    Masks32{{0xff0000, 0xff00, 0xff, 0}, {2, 1, 0, 0}, false},
    Masks32{{0xff000000, 0xff0000, 0xff00, 0}, {3, 2, 1, 0}, false},
    Masks32{{0xff000000, 0xff00, 0xff, 0}, {3, 1, 0, 0}, false},
    Masks32{{0xff000000, 0xff0000, 0xff00, 0xff}, {3, 2, 1, 0}, true},
    Masks32{{0xff, 0xff00, 0xff0000, 0xff000000}, {0, 1, 2, 3}, true},
    Masks32{{0xff0000, 0xff00, 0xff, 0xff000000}, {2, 1, 0, 3}, true},
    Masks32{{0xff000000, 0xff00, 0xff, 0xff0000}, {3, 1, 0, 2}, true},
    Masks32{{0, 0, 0, 0}, {2, 1, 0, 3}, true},
};

class HeaderReader {
 public:
  HeaderReader(ByteView file, const ImageLimits& limits) : file_(file), limits_(limits) {}

  BmpLayout run() {
    layout_.pixels_at = number(10);
    header_bytes_ = number(kFileHeaderBytes);
    constexpr std::array<std::uint32_t, 7> kKnown = {kOs2HeaderBytes, 40, 52, 56, 64, 108, 124};
    if (std::find(kKnown.begin(), kKnown.end(), header_bytes_) == kKnown.end()) {
      fail(ErrorCode::unsupported, kSubject,
           "has a header of " + std::to_string(header_bytes_) +
               " bytes, expected 12, 40, 52, 56, 64, 108 or 124");
    }
    at_ = kFileHeaderBytes + header_bytes_;
    if (file_.size() < at_) {
      fail(ErrorCode::truncated, kSubject, "ends inside its header");
    }
    read_size();
    const std::uint64_t entry = header_bytes_ == kOs2HeaderBytes ? 3 : 4;
    if (layout_.pixels_at == at_ && layout_.bits <= 8) {
      layout_.pixels_at += entry * colors_;  // a common error: the size of the palette was not added
    }
    check_coding();
    layout_.indexed = layout_.bits <= 8;
    if (layout_.indexed) {
      read_palette(entry);
    }
    if (layout_.pixels_at == 0) {
      layout_.pixels_at = at_;
    }
    return layout_;
  }

 private:
  std::uint32_t number(std::size_t at) const { return load_le<std::uint32_t>(file_, at, kSubject); }
  std::uint32_t half(std::size_t at) const { return load_le<std::uint16_t>(file_, at, kSubject); }

  void read_size() {
    const std::size_t fields = kFileHeaderBytes + 4;
    std::int64_t width = 0, height = 0;
    std::uint32_t bits = 0;
    if (header_bytes_ == kOs2HeaderBytes) {
      width = half(fields);
      height = half(fields + 2);
      bits = half(fields + 6);
    } else {
      width = number(fields);
      height = number(fields + 4);
      layout_.top_down = height >> 24 == 0xff;
      height = layout_.top_down ? (std::int64_t{1} << 32) - height : height;
      bits = half(fields + 10);
      compression_ = number(fields + 12);
      colors_ = number(fields + 28);
    }
    if (width == 0 || height == 0) {
      fail(ErrorCode::header, kSubject,
           "is " + std::to_string(width) + "x" + std::to_string(height) + ", expected sides of 1 or more");
    }
    check_image_size(width, height, limits_, kSubject);
    layout_.width = static_cast<std::int32_t>(width);
    layout_.height = static_cast<std::int32_t>(height);
    constexpr std::array<std::uint32_t, 6> kDepths = {1, 4, 8, 16, 24, 32};
    if (std::find(kDepths.begin(), kDepths.end(), bits) == kDepths.end()) {
      fail(ErrorCode::unsupported, kSubject,
           "has " + std::to_string(bits) + " bits per pixel, expected 1, 4, 8, 16, 24 or 32");
    }
    layout_.bits = static_cast<int>(bits);
    if (colors_ == 0 && bits <= 8) {
      colors_ = 1U << bits;
    }
  }

  void check_coding() {
    layout_.order = {2, 1, 0, 3};
    switch (compression_) {
      case kNone:
        return;
      case kRle8:
      case kRle4:
        if (layout_.bits > 8) {
          fail(ErrorCode::unsupported, kSubject,
               "is run-length coded with " + std::to_string(layout_.bits) + " bits per pixel");
        }
        layout_.coding = compression_ == kRle4 ? BmpCoding::rle4 : BmpCoding::rle8;
        return;
      case kBitFields:
        read_masks();
        return;
      default:
        fail(ErrorCode::unsupported, kSubject, "has compression " + std::to_string(compression_));
    }
  }

  void read_masks() {
    const bool inside = header_bytes_ >= 52;  // otherwise after the header
    const std::size_t first = kFileHeaderBytes + 40;
    std::array<std::uint32_t, 4> masks = {number(first), number(first + 4), number(first + 8), 0};
    if (header_bytes_ >= 56) {
      masks[3] = number(first + 12);
    }
    at_ += inside ? 0 : 12;
    const std::array<std::uint32_t, 3> rgb = {masks[0], masks[1], masks[2]};
    bool known = false;
    if (layout_.bits == 32) {
      for (const Masks32& choice : kMasks32) {
        if (choice.masks == masks) {
          known = true;
          layout_.order = choice.order;
          layout_.alpha = choice.alpha;
        }
      }
    } else if (layout_.bits == 24) {
      known = rgb == std::array<std::uint32_t, 3>{0xff0000, 0xff00, 0xff};
    } else if (layout_.bits == 16) {
      layout_.green_6_bits = rgb == std::array<std::uint32_t, 3>{0xf800, 0x7e0, 0x1f};
      known = layout_.green_6_bits || rgb == std::array<std::uint32_t, 3>{0x7c00, 0x3e0, 0x1f};
    }
    if (!known) {
      fail(ErrorCode::unsupported, kSubject,
           "has unsupported bit fields for " + std::to_string(layout_.bits) + " bits per pixel");
    }
  }

  void read_palette(std::uint64_t entry) {
    if (colors_ > 65536) {
      fail(ErrorCode::header, kSubject,
           "has a palette of " + std::to_string(colors_) + " colors, expected at most 65536");
    }
    // Pillow accepts a truncated palette.
    const ByteView bytes = file_.subspan(at_, std::min<std::uint64_t>(entry * colors_, file_.size() - at_));
    const std::size_t count = bytes.size() / entry;
    const auto level = [&](std::size_t i, std::size_t c) {
      return static_cast<std::uint8_t>(bytes[i * entry + c]);
    };
    layout_.grey = bytes.size() == entry * colors_;
    for (std::size_t i = 0; i < count && layout_.grey; ++i) {
      const auto expected = static_cast<std::uint8_t>(colors_ == 2 && i == 1 ? 255 : i);
      layout_.grey = level(i, 0) == expected && level(i, 1) == expected && level(i, 2) == expected;
    }
    at_ += bytes.size();
    if (layout_.grey) {
      layout_.bilevel = colors_ <= 2 && layout_.bits == 1;
      set_grey();
      return;
    }
    if (count > 256) {
      fail(ErrorCode::header, kSubject,
           "has a palette of " + std::to_string(count) + " colors, expected at most 256");
    }
    for (std::size_t i = 0; i < count; ++i) {
      layout_.colors.set(i, level(i, 2), level(i, 1), level(i, 0));
    }
  }

  /// Grey levels need no palette; with one or two levels, 1 is white.
  void set_grey() {
    layout_.colors.set_grey();
    if (colors_ <= 2) {
      layout_.colors.set(1, 255, 255, 255);
    }
  }

  ByteView file_;
  const ImageLimits& limits_;
  BmpLayout layout_;
  std::uint32_t header_bytes_ = 0;
  std::uint32_t compression_ = kNone;
  std::uint32_t colors_ = 0;
  std::size_t at_ = 0;  // after the data that was read
};

}  // namespace

BmpLayout read_bmp_layout(ByteView file, const ImageLimits& limits) {
  return HeaderReader(file, limits).run();
}

std::size_t bmp_stride(const BmpLayout& layout) {
  return (static_cast<std::size_t>(layout.width) * static_cast<std::size_t>(layout.bits) + 31) / 32 * 4;
}

}  // namespace sightline
