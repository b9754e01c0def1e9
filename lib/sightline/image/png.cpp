// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/png_decoder.h"

#include <algorithm>
#include <optional>

#include "sightline/image/png_chunks.h"
#include "sightline/image/png_library.h"
#include "sightline/image/png_pixels.h"
#include "sightline/image/png_rows.h"

namespace sightline {

namespace {

class PngReader : public RowReader {
 public:
  PngReader(ByteView file, const ImageLimits& limits, ImageWarnings* warnings, PngDecoder decoder)
      : limits_(limits), warnings_(warnings) {
    read_png_layout(file, limits, warnings, layout_);
    pixels_.emplace(layout_);
    describe();
    if (decoder == PngDecoder::fastest && PngRows::can_read(layout_)) {
      rows_.emplace(layout_);
    } else {
      library_rows_.emplace(layout_, limits_);
    }
  }

  void read(std::uint8_t* rows, std::size_t stride, int count) override {
    for (int i = 0; i < count; ++i, ++next_row_) {
      std::uint8_t* out = rows + static_cast<std::size_t>(i) * stride;
      pixels_->convert(next(), out);
    }
  }

  void finish() override {
    if (library_rows_) {
      library_rows_->finish(warnings_);
    }
  }

 private:
  const std::uint8_t* next() {
    if (rows_) {
      const std::uint8_t* row = rows_->next();
      const bool last = next_row_ + 1 == info_.height;
      if (row != nullptr && (!last || rows_->end())) {
        return row;
      }
      use_library();
    }
    return library_rows_->next();
  }

  /// Something is unusual or damaged: libpng decodes the same rows again and decides what to do about it.
  void use_library() {
    rows_.reset();
    library_rows_.emplace(layout_, limits_);
    for (std::int32_t y = 0; y < next_row_; ++y) {
      library_rows_->next();
    }
  }

  void describe();

  ImageLimits limits_;
  ImageWarnings* warnings_;
  PngLayout layout_;
  std::optional<PngPixels> pixels_;
  std::optional<PngRows> rows_;  // one of the two decodes
  std::optional<PngLibraryRows> library_rows_;
  std::int32_t next_row_ = 0;
};

void PngReader::describe() {
  info_.width = layout_.width;
  info_.height = layout_.height;
  info_.orientation = layout_.orientation;
  info_.alpha_channel = layout_.color == PngColor::grey_alpha || layout_.color == PngColor::rgb_alpha;
  info_.bilevel = layout_.color == PngColor::grey && layout_.depth == 1;
  info_.format = pixels_->format();
  info_.palette = pixels_->palette();
}

class PngCodec : public ImageCodec {
 public:
  std::string_view name() const override { return "png"; }
  std::unique_ptr<RowReader> open(ByteView file, const ImageLimits& limits,
                                  ImageWarnings* warnings) const override {
    return open_png(file, limits, warnings, PngDecoder::fastest);
  }
};

}  // namespace

std::unique_ptr<RowReader> open_png(ByteView file, const ImageLimits& limits, ImageWarnings* warnings,
                                    PngDecoder decoder) {
  return std::make_unique<PngReader>(file, limits, warnings, decoder);
}

const ImageCodec& png_codec() {
  static const PngCodec codec;
  return codec;
}

}  // namespace sightline
