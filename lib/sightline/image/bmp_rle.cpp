// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/bmp_rle.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sightline {

namespace {

class RleDecoder {
 public:
  RleDecoder(ByteView file, std::size_t at, std::int32_t width, std::int32_t height, bool four)
      : file_(file), at_(std::min(at, file.size())), width_(static_cast<std::size_t>(width)), four_(four) {
    pixel_count_ = width_ * static_cast<std::size_t>(height);
  }

  std::vector<std::uint8_t> run() {
    out_.reserve(pixel_count_ + width_);
    while (out_.size() < pixel_count_ && left() >= 2) {
      const std::size_t count = byte();
      const std::size_t value = byte();
      if (count != 0) {
        repeat(count, value);
      } else if (!escape(value)) {
        break;
      }
    }
    if (out_.size() < pixel_count_) {
      fail(ErrorCode::truncated, "BMP",
           "ends after " + std::to_string(out_.size()) + " of " + std::to_string(pixel_count_) + " pixels");
    }
    out_.resize(pixel_count_);
    return std::move(out_);
  }

 private:
  std::size_t left() const { return file_.size() - at_; }
  std::size_t byte() { return static_cast<std::size_t>(file_[at_++]); }

  void push_nibble(std::size_t pair, bool second) {
    out_.push_back(static_cast<std::uint8_t>(second ? pair & 15 : pair >> 4));
  }
  void skip(std::size_t count) { out_.resize(out_.size() + std::min(count, pixel_count_ - out_.size())); }

  /// Pixels beyond the end of the row are dropped.
  void repeat(std::size_t count, std::size_t value) {
    count = x_ > width_ ? 0 : std::min(count, width_ - x_);
    for (std::size_t i = 0; i < count; ++i) {
      if (four_) {
        push_nibble(value, i % 2 == 1);
      } else {
        out_.push_back(static_cast<std::uint8_t>(value));
      }
    }
    x_ += count;
  }

  /// Returns false at the end of the image.
  bool escape(std::size_t code) {
    switch (code) {
      case 0:  // end of row; as in Pillow, a row without drawn pixels is not skipped
        skip((width_ - out_.size() % width_) % width_);
        x_ = 0;
        return true;
      case 1:
        return false;
      case 2: {
        if (left() < 2) {
          return false;
        }
        const std::size_t right = byte();
        const std::size_t up = byte();
        skip(right + up * width_);
        x_ = out_.size() % width_;
        return true;
      }
      default:
        return copy(code);
    }
  }

  /// Literal indices, padded to an even offset in the file.
  bool copy(std::size_t count) {
    const std::size_t pixels = std::min(count, pixel_count_ - out_.size());
    const std::size_t bytes = four_ ? (pixels + 1) / 2 : pixels;
    if (left() < bytes) {
      return false;
    }
    for (std::size_t i = 0; i < pixels; ++i) {
      const auto at = static_cast<std::size_t>(file_[at_ + (four_ ? i / 2 : i)]);
      if (four_) {
        push_nibble(at, i % 2 == 1);
      } else {
        out_.push_back(static_cast<std::uint8_t>(at));
      }
    }
    at_ += bytes;
    x_ += count;
    at_ = std::min(at_ + at_ % 2, file_.size());
    return true;
  }

  ByteView file_;
  std::size_t at_;
  std::size_t width_;
  std::size_t pixel_count_ = 0;
  std::size_t x_ = 0;  // Pillow's column, which continues past the row when pixels are copied
  bool four_;
  std::vector<std::uint8_t> out_;
};

}  // namespace

std::vector<std::uint8_t> decode_bmp_rle(ByteView file, std::size_t at, std::int32_t width,
                                         std::int32_t height, bool four) {
  return RleDecoder(file, at, width, height, four).run();
}

}  // namespace sightline
