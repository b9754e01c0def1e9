// SPDX-License-Identifier: Apache-2.0
#include <webp/decode.h>
#include <webp/demux.h>

#include <cstring>
#include <memory>

#include "sightline/image/codec.h"
#include "sightline/image/orientation.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "WebP";

struct DeleteDemuxer {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};

/// The parts of a WebP file, as views of it.
class WebpFile {
 public:
  explicit WebpFile(ByteView file) {
    const WebPData data = {reinterpret_cast<const std::uint8_t*>(file.data()), file.size()};
    demuxer_.reset(WebPDemux(&data));
    if (demuxer_ == nullptr) {
      fail(ErrorCode::corrupt, kSubject, "has inconsistent parts");
    }
    if (WebPDemuxGetFrame(demuxer_.get(), 1, &frame_) == 0) {
      fail(ErrorCode::corrupt, kSubject, "contains no image");
    }
  }
  WebpFile(const WebpFile&) = delete;
  WebpFile& operator=(const WebpFile&) = delete;
  ~WebpFile() { WebPDemuxReleaseIterator(&frame_); }

  std::int64_t feature(WebPFormatFeature which) const { return WebPDemuxGetI(demuxer_.get(), which); }
  /// The first frame and its position on the canvas.
  const WebPIterator& frame() const { return frame_; }
  /// The payload of the first chunk of this type; empty if there is none.
  ByteView chunk(const char* name) const {
    WebPChunkIterator found{};
    ByteView bytes;
    if (WebPDemuxGetChunk(demuxer_.get(), name, 1, &found) != 0) {
      bytes = std::as_bytes(std::span(found.chunk.bytes, found.chunk.size));
    }
    WebPDemuxReleaseChunkIterator(&found);
    return bytes;
  }

 private:
  std::unique_ptr<WebPDemuxer, DeleteDemuxer> demuxer_;
  WebPIterator frame_{};
};

[[noreturn]] void raise(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
      fail(ErrorCode::limit, kSubject, "out of memory");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      fail(ErrorCode::truncated, kSubject, "ends before its image is complete");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      fail(ErrorCode::unsupported, kSubject, "uses a feature that libwebp does not support");
    default:
      fail(ErrorCode::corrupt, kSubject, "cannot be decoded: its bit stream is corrupt");
  }
}

/// Pillow rejects a file that is shorter than its header states, even by one byte.
void check_length(ByteView file) {
  const auto claimed = std::uint64_t{load_le<std::uint32_t>(file, 4, kSubject)} + 8;
  if (claimed > file.size() || file.size() < 20) {
    fail(ErrorCode::truncated, kSubject,
         "has " + std::to_string(file.size()) + " bytes, expected " + std::to_string(claimed));
  }
}

/// The size and alpha flag of the header. The size is checked before anything is built from the file.
bool has_alpha(ByteView file, const ImageLimits& limits) {
  WebPBitstreamFeatures features;
  const VP8StatusCode status =
      WebPGetFeatures(reinterpret_cast<const std::uint8_t*>(file.data()), file.size(), &features);
  if (status != VP8_STATUS_OK) {
    fail(ErrorCode::header, kSubject, "has an unreadable header");
  }
  check_image_size(features.width, features.height, limits, kSubject);
  return features.has_alpha != 0;
}

/// libwebp decodes a whole frame at a time, so the first frame is held in memory.
class WebpReader : public RowReader {
 public:
  WebpReader(ByteView file, const ImageLimits& limits, ImageWarnings* warnings) {
    check_length(file);
    info_.alpha_channel = has_alpha(file, limits);
    info_.format = info_.alpha_channel ? RowFormat::rgba : RowFormat::rgb;
    file_ = std::make_unique<WebpFile>(file);
    const std::int64_t width = file_->feature(WEBP_FF_CANVAS_WIDTH);
    const std::int64_t height = file_->feature(WEBP_FF_CANVAS_HEIGHT);
    check_image_size(width, height, limits, kSubject);
    info_.width = static_cast<std::int32_t>(width);
    info_.height = static_cast<std::int32_t>(height);
    const ExifOrientation orientation = metadata_orientation(file_->chunk("EXIF"), file_->chunk("XMP "));
    info_.orientation = orientation.value;
    if (orientation.unreadable) {
      warn(warnings, "WebP: EXIF data is unreadable and ignored");
    }
    check_memory(limits);
  }

  void read(std::uint8_t* rows, std::size_t stride, int count) override {
    if (pixels_ == nullptr) {
      decode();
    }
    const WebPIterator& frame = file_->frame();
    for (int i = 0; i < count; ++i, ++next_row_) {
      std::uint8_t* row = rows + static_cast<std::size_t>(i) * stride;
      if (frame.width != info_.width) {
        std::memset(row, 0, static_cast<std::size_t>(info_.width) * channels());
      }
      // The frame of an animation may cover only a part of the canvas; the rest is transparent, or black.
      if (next_row_ < frame.y_offset || next_row_ - frame.y_offset >= frame.height) {
        std::memset(row, 0, static_cast<std::size_t>(info_.width) * channels());
        continue;
      }
      std::memcpy(row + static_cast<std::size_t>(frame.x_offset) * channels(),
                  pixels_.get() + static_cast<std::size_t>(next_row_ - frame.y_offset) * row_bytes(),
                  row_bytes());
    }
  }

  void finish() override {}

 private:
  std::size_t channels() const { return static_cast<std::size_t>(channels_of(info_.format)); }
  std::size_t row_bytes() const { return static_cast<std::size_t>(file_->frame().width) * channels(); }

  void check_memory(const ImageLimits& limits) const {
    // The samples, plus the same amount for a lossless decoder.
    const WebPIterator& frame = file_->frame();
    const std::int64_t bytes =
        checked_mul(frame.width, frame.height, kSubject) * static_cast<std::int64_t>(channels() + 4);
    check_decoder_memory(bytes, limits, kSubject, "", " to be decoded");
  }

  void decode() {
    const WebPIterator& frame = file_->frame();
    const std::size_t bytes = row_bytes() * static_cast<std::size_t>(frame.height);
    pixels_ = std::make_unique_for_overwrite<std::uint8_t[]>(bytes);
    WebPDecoderConfig config;
    if (WebPInitDecoderConfig(&config) == 0) {
      fail(ErrorCode::unsupported, kSubject, "cannot be read: libwebp differs in version from its headers");
    }
    config.output.colorspace = info_.format == RowFormat::rgba ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = {pixels_.get(), static_cast<int>(row_bytes()), bytes};
    const VP8StatusCode status = WebPDecode(frame.fragment.bytes, frame.fragment.size, &config);
    if (status != VP8_STATUS_OK) {
      raise(status);
    }
  }

  std::unique_ptr<WebpFile> file_;
  std::unique_ptr<std::uint8_t[]> pixels_;  // [frame height, frame width, channels]
  std::int32_t next_row_ = 0;               // of the canvas
};

class WebpCodec : public ImageCodec {
 public:
  std::string_view name() const override { return "webp"; }
  std::unique_ptr<RowReader> open(ByteView file, const ImageLimits& limits,
                                  ImageWarnings* warnings) const override {
    return std::make_unique<WebpReader>(file, limits, warnings);
  }
};

}  // namespace

const ImageCodec& webp_codec() {
  static const WebpCodec codec;
  return codec;
}

std::string libwebp_version() {
  const int version = WebPGetDecoderVersion();
  return std::to_string(version >> 16) + "." + std::to_string(version >> 8 & 255) + "." +
         std::to_string(version & 255);
}

}  // namespace sightline
