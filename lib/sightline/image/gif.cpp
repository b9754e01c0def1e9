// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "sightline/image/codec.h"
#include "sightline/image/gif_frame.h"
#include "sightline/image/gif_lzw.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "GIF";

/// The first frame on its canvas. The uncovered area has the transparent index, or else 0, but never the
/// background colour, as in Pillow.
class GifReader : public RowReader {
 public:
  GifReader(ByteView file, const ImageLimits& limits)
      : frame_(read_gif_frame(file, limits)), lzw_(frame_.data, frame_.code_bits) {
    info_.width = frame_.canvas_width;
    info_.height = frame_.canvas_height;
    info_.format = frame_.colors.format();
    // A code has at least one bit and yields at most 4096 indices.
    if (std::int64_t{frame_.width} * frame_.height / (8 * 4096) > std::ssize(frame_.data)) {
      fail(ErrorCode::truncated, kSubject, "ends before its image is complete");
    }
    if (!frame_.grey) {
      info_.palette = frame_.colors.palette();
    }
    indices_.assign(static_cast<std::size_t>(info_.width), frame_.transparent.value_or(0));
    if (frame_.interlaced) {
      read_interlaced(limits);
    }
  }

  void read(std::uint8_t* rows, std::size_t stride, int count) override {
    const auto width = static_cast<std::size_t>(frame_.width);
    for (int i = 0; i < count; ++i, ++next_row_) {
      const std::int32_t y = next_row_ - frame_.top;
      if (y == frame_.height) {
        std::fill(indices_.begin(), indices_.end(), frame_.transparent.value_or(0));
      }
      if (y >= 0 && y < frame_.height) {
        std::uint8_t* covered = indices_.data() + frame_.left;
        if (interlaced_.empty()) {
          lzw_.read(covered, width);
        } else {
          std::copy_n(interlaced_.data() + static_cast<std::size_t>(y) * width, width, covered);
        }
      }
      frame_.colors.convert(indices_.data(), rows + static_cast<std::size_t>(i) * stride, indices_.size());
    }
  }

  // Later frames and the trailer are ignored.
  void finish() override {}

 private:
  /// The last rows of the data may be the first of the frame, so the whole frame is held in memory.
  void read_interlaced(const ImageLimits& limits) {
    const std::int64_t bytes = std::int64_t{frame_.width} * frame_.height;
    check_decoder_memory(bytes, limits, kSubject, "is interlaced and ", "");
    struct Pass {
      std::int32_t first, step;
    };
    constexpr std::array<Pass, 4> kPasses = {{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
    const auto width = static_cast<std::size_t>(frame_.width);
    interlaced_.resize(static_cast<std::size_t>(bytes));
    for (const Pass& pass : kPasses) {
      for (std::int32_t y = pass.first; y < frame_.height; y += pass.step) {
        lzw_.read(interlaced_.data() + static_cast<std::size_t>(y) * width, width);
      }
    }
  }

  GifFrame frame_;
  GifLzw lzw_;
  std::int32_t next_row_ = 0;
  std::vector<std::uint8_t> indices_;     // of one row
  std::vector<std::uint8_t> interlaced_;  // the decoded frame if interlaced, else empty
};

class GifCodec : public ImageCodec {
 public:
  std::string_view name() const override { return "gif"; }
  std::unique_ptr<RowReader> open(ByteView file, const ImageLimits& limits, ImageWarnings*) const override {
    return std::make_unique<GifReader>(file, limits);
  }
};

}  // namespace

const ImageCodec& gif_codec() {
  static const GifCodec codec;
  return codec;
}

}  // namespace sightline
