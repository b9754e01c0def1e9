// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/gif_frame.h"

#include <algorithm>
#include <string>

#include "sightline/image/codec.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "GIF";
constexpr std::size_t kHeaderBytes = 13;
enum Block : std::uint8_t { kExtension = 0x21, kImage = 0x2c, kTrailer = 0x3b };
enum Extension : std::uint8_t { kGraphicControl = 0xf9, kComment = 0xfe, kApplication = 0xff };
constexpr int kHasPalette = 0x80, kPaletteBits = 7, kInterlaced = 0x40;

/// Whether each colour is the grey level of its index, which is equivalent to no palette.
bool is_grey(ByteView rgb) {
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    if (static_cast<std::size_t>(rgb[i]) != i / 3) {
      return false;
    }
  }
  return true;
}

class BlockWalk {
 public:
  BlockWalk(ByteView file, const ImageLimits& limits) : file_(file), limits_(limits) {}

  GifFrame run() {
    const ByteView header = take(kHeaderBytes);
    frame_.canvas_width = load_le<std::uint16_t>(header, 6, kSubject);
    frame_.canvas_height = load_le<std::uint16_t>(header, 8, kSubject);
    const int flags = static_cast<int>(header[10]);
    if ((flags & kHasPalette) != 0) {
      global_ = palette(flags);
    }
    // Bytes that are not a block are skipped.
    for (std::uint8_t block = byte(); block != kImage; block = byte()) {
      if (block == kTrailer) {
        fail(ErrorCode::header, kSubject, "contains no image");
      }
      if (block == kExtension) {
        read_extension();
      }
    }
    read_image();
    return frame_;
  }

 private:
  ByteView take(std::size_t count) {
    if (file_.size() - at_ < count) {
      fail(ErrorCode::truncated, kSubject,
           "ends after " + std::to_string(file_.size()) + " bytes without an image");
    }
    at_ += count;
    return file_.subspan(at_ - count, count);
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
  /// The next block of an extension; empty after the last.
  ByteView sub_block() { return take(byte()); }

  ByteView palette(int flags) { return take(std::size_t{3} << ((flags & kPaletteBits) + 1)); }

  void read_extension() {
    const std::uint8_t label = byte();
    ByteView block = sub_block();
    if (label == kGraphicControl && !block.empty()) {
      read_control(block);
    } else if (label == kComment) {
      while (!block.empty()) {
        block = sub_block();
      }
      return;
    } else if (label == kApplication && as_text(block).starts_with("NETSCAPE2.0")) {
      sub_block();
    }
    // Also after a first block that is the last, as in Pillow.
    while (!sub_block().empty()) {
    }
  }

  void read_control(ByteView block) {
    const bool transparent = (static_cast<int>(block[0]) & 1) != 0;
    if (block.size() < (transparent ? 4U : 3U)) {
      fail(ErrorCode::header, kSubject,
           "has a graphic control block of " + std::to_string(block.size()) + " bytes, expected 4");
    }
    if (transparent) {
      frame_.transparent = static_cast<std::uint8_t>(block[3]);
    }
  }

  void read_image() {
    const ByteView descriptor = take(9);
    const auto number = [&](std::size_t at) {
      return std::int32_t{load_le<std::uint16_t>(descriptor, at, kSubject)};
    };
    frame_.left = number(0);
    frame_.top = number(2);
    frame_.width = number(4);
    frame_.height = number(6);
    if (frame_.width == 0 || frame_.height == 0) {
      fail(ErrorCode::header, kSubject,
           "has a frame of " + std::to_string(frame_.width) + "x" + std::to_string(frame_.height) +
               ", expected sides of 1 or more");
    }
    frame_.canvas_width = std::max(frame_.canvas_width, frame_.left + frame_.width);
    frame_.canvas_height = std::max(frame_.canvas_height, frame_.top + frame_.height);
    check_image_size(frame_.canvas_width, frame_.canvas_height, limits_, kSubject);
    const int flags = static_cast<int>(descriptor[8]);
    frame_.interlaced = (flags & kInterlaced) != 0;
    const ByteView local = (flags & kHasPalette) != 0 ? palette(flags) : ByteView();
    // Pillow ignores a local palette of grey levels and uses the global one.
    set_colors(is_grey(local) ? global_ : local);
    frame_.code_bits = byte();
    frame_.data = file_.subspan(at_);
  }

  void set_colors(ByteView rgb) {
    frame_.grey = is_grey(rgb);
    if (frame_.grey) {
      frame_.colors.set_grey();
    } else {
      for (std::size_t i = 0; i < rgb.size() / 3; ++i) {
        const auto level = [&](std::size_t c) { return static_cast<std::uint8_t>(rgb[3 * i + c]); };
        frame_.colors.set(i, level(0), level(1), level(2));
      }
    }
    if (frame_.transparent) {
      frame_.colors.set_transparent(*frame_.transparent);
    }
  }

  ByteView file_;
  const ImageLimits& limits_;
  std::size_t at_ = 0;
  ByteView global_;
  GifFrame frame_;
};

}  // namespace

GifFrame read_gif_frame(ByteView file, const ImageLimits& limits) { return BlockWalk(file, limits).run(); }

}  // namespace sightline
