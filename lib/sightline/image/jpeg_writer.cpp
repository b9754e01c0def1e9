// SPDX-License-Identifier: Apache-2.0
#include <csetjmp>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include "sightline/base/error.h"
#include "sightline/image/thumbnail.h"

namespace sightline {
namespace {

constexpr int kQuality = 82;

/// The state of libjpeg's callbacks; see JpegState in jpeg.cpp for the rules of setjmp and longjmp.
struct WriterState {
  WriterState() = default;
  WriterState(const WriterState&) = delete;
  WriterState& operator=(const WriterState&) = delete;
  ~WriterState() {
    if (created) jpeg_destroy_compress(&encoder);
    std::free(buffer);
  }

  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  std::jmp_buf escape;
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  bool created = false;
};

extern "C" {
[[noreturn]] void on_jpeg_writer_error(j_common_ptr common) {
  std::longjmp(static_cast<WriterState*>(common->client_data)->escape, 1);
}
void on_jpeg_writer_message(j_common_ptr, int) {}
}

bool encode(WriterState& state, const std::uint8_t* pixels, std::int32_t width, std::int32_t height) {
  jpeg_compress_struct& encoder = state.encoder;
  encoder.err = jpeg_std_error(&state.errors);
  state.errors.error_exit = on_jpeg_writer_error;
  state.errors.emit_message = on_jpeg_writer_message;
  encoder.client_data = &state;
  if (setjmp(state.escape) != 0) return false;
  jpeg_create_compress(&encoder);
  state.created = true;
  jpeg_mem_dest(&encoder, &state.buffer, &state.size);
  encoder.image_width = static_cast<JDIMENSION>(width);
  encoder.image_height = static_cast<JDIMENSION>(height);
  encoder.input_components = 3;
  encoder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, kQuality, TRUE);
  jpeg_start_compress(&encoder, TRUE);
  while (encoder.next_scanline < encoder.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(pixels + std::size_t{encoder.next_scanline} *
                                                     static_cast<std::size_t>(width) * 3);
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  return true;
}

}  // namespace

std::string encode_jpeg(const std::uint8_t* pixels, std::int32_t width, std::int32_t height) {
  WriterState state;
  if (!encode(state, pixels, width, height)) fail(ErrorCode::limit, "thumbnail", "cannot be encoded");
  return {reinterpret_cast<const char*>(state.buffer), state.size};
}

}  // namespace sightline
