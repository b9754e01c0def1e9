// SPDX-License-Identifier: Apache-2.0
#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>
// Included after jpeglib.h, which defines the version: message numbers depend on it.
#include <jerror.h>

#include <algorithm>
#include <array>

#include "sightline/image/codec.h"
#include "sightline/image/jpeg_markers.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "JPEG";

/// The state used by libjpeg's callbacks. C callbacks leave by longjmp into the guarded functions below,
/// whose locals have no destructors; the error is stored here, and only after leaving the frame is an Error
/// thrown.
struct JpegState {
  JpegState() = default;
  JpegState(const JpegState&) = delete;
  JpegState& operator=(const JpegState&) = delete;
  ~JpegState() {
    if (created) {
      jpeg_destroy_decompress(&decoder);
    }
  }

  jpeg_decompress_struct decoder{};
  jpeg_error_mgr errors{};
  jpeg_source_mgr source{};
  jpeg_progress_mgr progress{};
  std::jmp_buf escape;
  std::int64_t max_scans = 0;
  bool created = false;
  bool truncated = false;
  bool too_many_scans = false;
  int error_code = 0;
  std::array<char, JMSG_LENGTH_MAX> message{};
  long warnings = 0;
  std::array<char, JMSG_LENGTH_MAX> first_warning{};
};

JpegState& state_of(j_common_ptr common) { return *static_cast<JpegState*>(common->client_data); }
JpegState& state_of(j_decompress_ptr decoder) { return *static_cast<JpegState*>(decoder->client_data); }

extern "C" {

[[noreturn]] void on_error(j_common_ptr common) {
  JpegState& state = state_of(common);
  state.error_code = common->err->msg_code;
  common->err->format_message(common, state.message.data());
  std::longjmp(state.escape, 1);
}

void on_message(j_common_ptr common, int level) {
  JpegState& state = state_of(common);
  if (level < 0 && state.warnings++ == 0) {
    common->err->format_message(common, state.first_warning.data());
  }
}

void on_output(j_common_ptr) {}
void on_source(j_decompress_ptr) {}

// All bytes are available from the start, so a request for more means that the file is truncated. libjpeg's
// own source would insert an end-of-image marker and continue; Pillow rejects the file, and so does this
// code.
boolean on_end_of_input(j_decompress_ptr decoder) {
  JpegState& state = state_of(decoder);
  state.truncated = true;
  std::longjmp(state.escape, 1);
}

void on_skip(j_decompress_ptr decoder, long count) {
  jpeg_source_mgr& source = *decoder->src;
  if (count <= 0) {
    return;
  }
  if (static_cast<std::size_t>(count) > source.bytes_in_buffer) {
    on_end_of_input(decoder);
  }
  source.next_input_byte += count;
  source.bytes_in_buffer -= static_cast<std::size_t>(count);
}

// The scans were counted before; this second check uses libjpeg's own count.
void on_progress(j_common_ptr common) {
  JpegState& state = state_of(common);
  if (state.decoder.input_scan_number > state.max_scans) {
    state.too_many_scans = true;
    std::longjmp(state.escape, 1);
  }
}

}  // extern "C"

bool start(JpegState& state, ByteView file, const ImageLimits& limits, bool cmyk) {
  jpeg_decompress_struct& decoder = state.decoder;
  decoder.err = jpeg_std_error(&state.errors);
  state.errors.error_exit = on_error;
  state.errors.emit_message = on_message;
  state.errors.output_message = on_output;
  decoder.client_data = &state;
  if (setjmp(state.escape) != 0) {
    return false;
  }
  jpeg_create_decompress(&decoder);
  state.created = true;
  decoder.mem->max_memory_to_use = static_cast<long>(limits.max_decoder_memory);
  state.source.init_source = on_source;
  state.source.term_source = on_source;
  state.source.fill_input_buffer = on_end_of_input;
  state.source.skip_input_data = on_skip;
  state.source.resync_to_restart = jpeg_resync_to_restart;
  state.source.next_input_byte = reinterpret_cast<const JOCTET*>(file.data());
  state.source.bytes_in_buffer = file.size();
  decoder.src = &state.source;
  state.max_scans = limits.max_jpeg_scans;
  state.progress.progress_monitor = on_progress;
  decoder.progress = &state.progress;

  jpeg_read_header(&decoder, TRUE);
  // libjpeg's defaults, which Pillow uses: slow integer DCT, fancy upsampling, block smoothing.
  decoder.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&decoder);
  return true;
}

bool read_rows(JpegState& state, std::uint8_t* rows, std::size_t stride, int count) {
  if (setjmp(state.escape) != 0) {
    return false;
  }
  const JDIMENSION end = state.decoder.output_scanline + static_cast<JDIMENSION>(count);
  const JDIMENSION begin = state.decoder.output_scanline;
  while (state.decoder.output_scanline < end) {
    constexpr JDIMENSION kBatch = 16;
    JSAMPROW pointers[kBatch];
    const JDIMENSION at = state.decoder.output_scanline;
    const JDIMENSION batch = std::min(kBatch, end - at);
    for (JDIMENSION i = 0; i < batch; ++i) {
      pointers[i] = rows + (at - begin + i) * stride;
    }
    jpeg_read_scanlines(&state.decoder, pointers, batch);
  }
  return true;
}

/// Whether coefficients lack bits because scans of a progressive file are missing. Call it only between the
/// last row and finish_decoding.
bool lacks_scans(const jpeg_decompress_struct& decoder) {
  if (decoder.progressive_mode == FALSE || decoder.coef_bits == nullptr) {
    return false;
  }
  for (int component = 0; component < decoder.num_components; ++component) {
    // The number of low bits that are still missing; -1: all, 0: the coefficient is complete.
    const int* bits = decoder.coef_bits[component];
    if (std::any_of(bits, bits + DCTSIZE2, [](int left) { return left != 0; })) {
      return true;
    }
  }
  return false;
}

bool finish_decoding(JpegState& state) {
  if (setjmp(state.escape) != 0) {
    return false;
  }
  jpeg_finish_decompress(&state.decoder);
  return true;
}

[[noreturn]] void raise(const JpegState& state) {
  if (state.truncated) {
    fail(ErrorCode::truncated, kSubject, "ends before its image is complete");
  }
  if (state.too_many_scans) {
    fail(ErrorCode::limit, kSubject, "has more than " + std::to_string(state.max_scans) + " scans");
  }
  const bool memory = state.error_code == JERR_NO_BACKING_STORE || state.error_code == JERR_OUT_OF_MEMORY;
  fail(memory ? ErrorCode::limit : ErrorCode::corrupt, kSubject,
       std::string(memory ? "needs more memory than allowed: " : "cannot be decoded: ") +
           state.message.data());
}

class JpegReader : public RowReader {
 public:
  JpegReader(ByteView file, const ImageLimits& limits, ImageWarnings* warnings) : warnings_(warnings) {
    const JpegLayout layout = read_jpeg_layout(file, limits);
    info_.width = layout.width;
    info_.height = layout.height;
    info_.orientation = layout.orientation;
    if (layout.exif_unreadable) {
      warn(warnings, "JPEG: EXIF data is unreadable and ignored");
    }
    components_missing_ = layout.components_missing;
    info_.format = layout.components == 4 ? RowFormat::cmyk : RowFormat::rgb;
    if (!start(state_, file, limits, layout.components == 4)) {
      raise(state_);
    }
    if (state_.decoder.output_width != static_cast<JDIMENSION>(layout.width) ||
        state_.decoder.output_height != static_cast<JDIMENSION>(layout.height) ||
        state_.decoder.output_components != channels_of(info_.format)) {
      fail(ErrorCode::corrupt, kSubject, "has ambiguous markers");
    }
  }

  void read(std::uint8_t* rows, std::size_t stride, int count) override {
    if (!read_rows(state_, rows, stride, count)) {
      raise(state_);
    }
    if (info_.format == RowFormat::cmyk) {
      // Pillow treats every CMYK image as Adobe's, with inverted values, whether or not it is marked as such.
      const std::size_t samples = static_cast<std::size_t>(info_.width) * 4;
      for (int i = 0; i < count; ++i) {
        std::uint8_t* row = rows + static_cast<std::size_t>(i) * stride;
        std::transform(row, row + samples, row,
                       [](std::uint8_t v) { return static_cast<std::uint8_t>(255 - v); });
      }
    }
  }

  void finish() override {
    const bool incomplete = components_missing_ || lacks_scans(state_.decoder);
    if (!finish_decoding(state_)) {
      raise(state_);
    }
    if (incomplete) {
      warn(warnings_, "JPEG: some scans are missing, so the image is coarser than the original");
    }
    if (state_.warnings > 0) {
      warn(warnings_, "JPEG: " + std::to_string(state_.warnings) +
                          " problem(s) in the data, first: " + state_.first_warning.data());
    }
  }

 private:
  JpegState state_;
  ImageWarnings* warnings_;
  bool components_missing_ = false;
};

class JpegCodec : public ImageCodec {
 public:
  std::string_view name() const override { return "jpeg"; }
  std::unique_ptr<RowReader> open(ByteView file, const ImageLimits& limits,
                                  ImageWarnings* warnings) const override {
    return std::make_unique<JpegReader>(file, limits, warnings);
  }
};

}  // namespace

const ImageCodec& jpeg_codec() {
  static const JpegCodec codec;
  return codec;
}

#define SIGHTLINE_TEXT_OF(x) #x
#define SIGHTLINE_TEXT(x) SIGHTLINE_TEXT_OF(x)
std::string libjpeg_version() {
#ifdef LIBJPEG_TURBO_VERSION
  return SIGHTLINE_TEXT(LIBJPEG_TURBO_VERSION);
#else
  return "API " SIGHTLINE_TEXT(JPEG_LIB_VERSION);
#endif
}

}  // namespace sightline
