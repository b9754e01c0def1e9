// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/png_library.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

namespace sightline {

namespace {

constexpr std::string_view kSubject = "PNG";

/// The state used by libpng's callbacks; see JpegState for the rules of setjmp and longjmp.
struct PngState {
  PngState() = default;
  PngState(const PngState&) = delete;
  PngState& operator=(const PngState&) = delete;
  ~PngState() {
    if (png != nullptr) {
      png_destroy_read_struct(&png, &info, nullptr);
    }
  }

  png_structp png = nullptr;
  png_infop info = nullptr;
  const ByteView* chunks = nullptr;  // remaining parts of PngLayout::essential
  std::size_t chunk_count = 0;
  std::size_t position = 0;  // offset in the first of them
  bool truncated = false;
  bool bad_data = false;
  std::jmp_buf escape;
  std::array<char, 200> message{};
  std::array<char, 200> warning{};
  int warnings = 0;
};

void copy_text(std::array<char, 200>& target, const char* text) {
  std::strncpy(target.data(), text, target.size() - 1);
}

extern "C" {

[[noreturn]] void on_png_error(png_structp png, png_const_charp text) {
  auto& state = *static_cast<PngState*>(png_get_error_ptr(png));
  copy_text(state.message, text);
  std::longjmp(state.escape, 1);
}

void on_png_warning(png_structp png, png_const_charp text) {
  auto& state = *static_cast<PngState*>(png_get_error_ptr(png));
  if (state.warnings++ == 0) {
    copy_text(state.warning, text);
  }
  // After the last row, libpng treats a wrong Adler checksum as benign. It is not: the rows differ from what
  // was written.
  state.bad_data = state.bad_data || std::strstr(text, "incorrect data check") != nullptr;
}

// Passes the essential chunks to libpng in order, and nothing else.
void on_png_read(png_structp png, png_bytep out, std::size_t count) {
  auto& state = *static_cast<PngState*>(png_get_io_ptr(png));
  while (count > 0) {
    if (state.chunk_count == 0) {
      state.truncated = true;
      png_error(png, "not enough data");
    }
    const ByteView chunk = *state.chunks;
    const std::size_t n = std::min(count, chunk.size() - state.position);
    std::memcpy(out, chunk.data() + state.position, n);
    out += n;
    count -= n;
    state.position += n;
    if (state.position == chunk.size()) {
      ++state.chunks;
      --state.chunk_count;
      state.position = 0;
    }
  }
}

}  // extern "C"

bool start(PngState& state, const ImageLimits& limits, int& passes, std::size_t& row_bytes) {
  if (setjmp(state.escape) != 0) {
    return false;
  }
  state.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state, on_png_error, on_png_warning);
  state.info = state.png == nullptr ? nullptr : png_create_info_struct(state.png);
  if (state.info == nullptr) {
    return false;
  }
  const auto side = static_cast<png_uint_32>(limits.max_side);
  png_set_user_limits(state.png, side, side);
  png_set_read_fn(state.png, &state, on_png_read);
  if (!limits.checksums) {
    png_set_crc_action(state.png, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
#ifdef PNG_IGNORE_ADLER32  // a build option of libpng
    png_set_option(state.png, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
#endif
  }
  png_read_info(state.png, state.info);
  png_set_packing(state.png);  // one byte for each 1-, 2- or 4-bit sample
  passes = png_set_interlace_handling(state.png);
  png_read_update_info(state.png, state.info);
  row_bytes = png_get_rowbytes(state.png, state.info);
  return true;
}

bool read_row(PngState& state, png_bytep row) {
  if (setjmp(state.escape) != 0) {
    return false;
  }
  png_read_row(state.png, row, nullptr);
  return true;
}

}  // namespace

struct PngLibraryRows::State {
  PngState png;
  std::size_t row_bytes = 0;
  std::vector<std::uint8_t> row;
  std::vector<std::uint8_t> frame;  // of an interlaced image
  std::size_t next_row = 0;

  void read_one(std::uint8_t* to) {
    if (!read_row(png, to) || png.bad_data) {
      raise();
    }
  }

  /// With Adam7, rows are complete only at the end, so the whole image is held in memory, in the samples of
  /// the file.
  void read_interlaced(int passes, std::int32_t height, const ImageLimits& limits) {
    const std::int64_t bytes = checked_mul(static_cast<std::int64_t>(row_bytes), height, kSubject);
    check_decoder_memory(bytes, limits, kSubject, "is interlaced and ", "");
    frame.resize(static_cast<std::size_t>(bytes));
    for (int pass = 0; pass < passes; ++pass) {
      for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
        read_one(frame.data() + y * row_bytes);
      }
    }
  }

  [[noreturn]] void raise() const {
    const std::string_view text = png.message.data();
    if (png.truncated || text.find("ot enough") != std::string_view::npos) {
      fail(ErrorCode::truncated, kSubject, "ends before its image is complete");
    }
    if (text.find("emory") != std::string_view::npos || png.png == nullptr) {
      fail(ErrorCode::limit, kSubject, "out of memory");
    }
    fail(ErrorCode::corrupt, kSubject,
         "cannot be decoded: " + std::string(png.bad_data ? png.warning.data() : png.message.data()));
  }
};

PngLibraryRows::PngLibraryRows(const PngLayout& layout, const ImageLimits& limits)
    : state_(std::make_unique<State>()) {
  PngState& png = state_->png;
  png.chunks = layout.essential.data();
  png.chunk_count = layout.essential.size();
  int passes = 1;
  if (!start(png, limits, passes, state_->row_bytes)) {
    state_->raise();
  }
  state_->row.resize(state_->row_bytes);
  if (passes > 1) {
    state_->read_interlaced(passes, layout.height, limits);
  }
}

PngLibraryRows::~PngLibraryRows() = default;

const std::uint8_t* PngLibraryRows::next() {
  if (!state_->frame.empty()) {
    return state_->frame.data() + state_->next_row++ * state_->row_bytes;
  }
  state_->read_one(state_->row.data());
  return state_->row.data();
}

void PngLibraryRows::finish(ImageWarnings* warnings) const {
  if (state_->png.warnings > 0) {
    warn(warnings, std::string("PNG: ") + state_->png.warning.data());
  }
}

std::string libpng_version() { return png_get_libpng_ver(nullptr); }

}  // namespace sightline
