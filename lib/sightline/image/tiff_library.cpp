// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/tiff_library.h"

#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "sightline/base/optional_library.h"
#include "sightline/image/codec.h"

namespace sightline {

namespace {

constexpr std::string_view kSubject = "TIFF";

#if TIFFLIB_VERSION >= 20221213  // 4.5.0: limits and handlers for each file
#define SIGHTLINE_TIFF_OPTIONS 1
#else
#define SIGHTLINE_TIFF_OPTIONS 0
#endif

/// The functions of libtiff.
struct Library {
  OptionalLibrary<*SIGHTLINE_LIBTIFF == '\0'> library{SIGHTLINE_LIBTIFF};
  decltype(&TIFFGetVersion) get_version = nullptr;
  decltype(&TIFFSetErrorHandler) set_error_handler = nullptr;
  decltype(&TIFFSetWarningHandler) set_warning_handler = nullptr;
  decltype(&TIFFIsCODECConfigured) is_codec_configured = nullptr;
  decltype(&TIFFClientOpen) client_open = nullptr;
  decltype(&TIFFClose) close = nullptr;
  decltype(&TIFFGetField) get_field = nullptr;
  decltype(&TIFFSetField) set_field = nullptr;
  decltype(&TIFFIsTiled) is_tiled = nullptr;
  decltype(&TIFFScanlineSize64) scanline_size = nullptr;
  decltype(&TIFFStripSize64) strip_size = nullptr;
  decltype(&TIFFTileSize64) tile_size = nullptr;
  decltype(&TIFFReadScanline) read_scanline = nullptr;
  decltype(&TIFFReadEncodedStrip) read_strip = nullptr;
  decltype(&TIFFReadEncodedTile) read_tile = nullptr;
#if SIGHTLINE_TIFF_OPTIONS
  decltype(&TIFFOpenOptionsAlloc) options_alloc = nullptr;
  decltype(&TIFFOpenOptionsFree) options_free = nullptr;
  decltype(&TIFFOpenOptionsSetMaxSingleMemAlloc) set_max_alloc = nullptr;
  decltype(&TIFFOpenOptionsSetErrorHandlerExtR) set_file_error_handler = nullptr;
  decltype(&TIFFClientOpenExt) client_open_ext = nullptr;
#endif

  Library() {
    library.find<TIFFGetVersion>(get_version, "TIFFGetVersion");
    library.find<TIFFSetErrorHandler>(set_error_handler, "TIFFSetErrorHandler");
    library.find<TIFFSetWarningHandler>(set_warning_handler, "TIFFSetWarningHandler");
    library.find<TIFFIsCODECConfigured>(is_codec_configured, "TIFFIsCODECConfigured");
    library.find<TIFFClientOpen>(client_open, "TIFFClientOpen");
    library.find<TIFFClose>(close, "TIFFClose");
    library.find<TIFFGetField>(get_field, "TIFFGetField");
    library.find<TIFFSetField>(set_field, "TIFFSetField");
    library.find<TIFFIsTiled>(is_tiled, "TIFFIsTiled");
    library.find<TIFFScanlineSize64>(scanline_size, "TIFFScanlineSize64");
    library.find<TIFFStripSize64>(strip_size, "TIFFStripSize64");
    library.find<TIFFTileSize64>(tile_size, "TIFFTileSize64");
    library.find<TIFFReadScanline>(read_scanline, "TIFFReadScanline");
    library.find<TIFFReadEncodedStrip>(read_strip, "TIFFReadEncodedStrip");
    library.find<TIFFReadEncodedTile>(read_tile, "TIFFReadEncodedTile");
#if SIGHTLINE_TIFF_OPTIONS
    library.find<TIFFOpenOptionsAlloc>(options_alloc, "TIFFOpenOptionsAlloc");
    library.find<TIFFOpenOptionsFree>(options_free, "TIFFOpenOptionsFree");
    library.find<TIFFOpenOptionsSetMaxSingleMemAlloc>(set_max_alloc, "TIFFOpenOptionsSetMaxSingleMemAlloc");
    library.find<TIFFOpenOptionsSetErrorHandlerExtR>(set_file_error_handler,
                                                     "TIFFOpenOptionsSetErrorHandlerExtR");
    library.find<TIFFClientOpenExt>(client_open_ext, "TIFFClientOpenExt");
#endif
    if (library.problem().empty()) {  // libtiff must not print to the terminal
      set_error_handler(nullptr);
      set_warning_handler(nullptr);
    }
  }
};

const Library& libtiff() {
  static const Library library;
  return library;
}

/// The state used by libtiff's callbacks.
struct Client {
  ByteView file;
  std::uint64_t position = 0;
  std::string first_problem;  // the first problem reported by libtiff
};

Client& client_of(thandle_t handle) { return *static_cast<Client*>(handle); }

tmsize_t on_read(thandle_t handle, void* out, tmsize_t size) {
  Client& client = client_of(handle);
  if (size <= 0 || client.position >= client.file.size()) {
    return 0;
  }
  const auto count = std::min(static_cast<std::size_t>(size), client.file.size() - client.position);
  std::memcpy(out, client.file.data() + client.position, count);
  client.position += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t on_write(thandle_t, void*, tmsize_t) { return 0; }

toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  Client& client = client_of(handle);
  const std::uint64_t base = whence == SEEK_CUR   ? client.position
                             : whence == SEEK_END ? client.file.size()
                                                  : 0;
  client.position = base + offset;
  return client.position;
}

int on_close(thandle_t) { return 0; }
toff_t on_size(thandle_t handle) { return client_of(handle).file.size(); }

/// libtiff reads a mapped file in place and, despite opening it for reading and writing, writes nothing to
/// it.
int on_map(thandle_t handle, void** base, toff_t* size) {
  Client& client = client_of(handle);
  *base = const_cast<std::byte*>(client.file.data());
  *size = client.file.size();
  return 1;
}

void on_unmap(thandle_t, void*, toff_t) {}

#if SIGHTLINE_TIFF_OPTIONS
int on_problem(TIFF*, void* data, const char*, const char* format, va_list values) {
  Client& client = *static_cast<Client*>(data);
  if (client.first_problem.empty()) {
    std::array<char, 200> text{};
    std::vsnprintf(text.data(), text.size(), format, values);
    client.first_problem = text.data();
  }
  return 1;  // stop at the first error
}
#endif

TIFF* open(Client& client, const ImageLimits& limits) {
  const Library& lib = libtiff();
  constexpr const char* kMode = "rC";  // strips as stored
#if SIGHTLINE_TIFF_OPTIONS
  TIFFOpenOptions* options = lib.options_alloc();
  if (options == nullptr) {
    return nullptr;
  }
  lib.set_max_alloc(options, static_cast<tmsize_t>(limits.max_decoder_memory));
  lib.set_file_error_handler(options, on_problem, &client);
  TIFF* tiff = lib.client_open_ext("", kMode, &client, on_read, on_write, on_seek, on_close, on_size, on_map,
                                   on_unmap, options);
  lib.options_free(options);
  return tiff;
#else
  static_cast<void>(limits);
  return lib.client_open("", kMode, &client, on_read, on_write, on_seek, on_close, on_size, on_map, on_unmap);
#endif
}

std::uint32_t field(TIFF* tiff, std::uint32_t tag) {
  std::uint32_t value = 0;
  return libtiff().get_field(tiff, tag, &value) == 1 ? value : 0;
}

/// Whether libtiff interprets the directory as `layout` does: each decoded row or chunk has the expected
/// size, so that nothing is written out of bounds.
bool agrees(TIFF* tiff, const TiffLayout& layout) {
  const Library& lib = libtiff();
  const auto height = static_cast<std::uint64_t>(layout.chunk_height);
  const int samples = layout.planes ? 1 : layout.samples;
  if (field(tiff, TIFFTAG_IMAGEWIDTH) != static_cast<std::uint32_t>(layout.width) ||
      field(tiff, TIFFTAG_IMAGELENGTH) != static_cast<std::uint32_t>(layout.height) ||
      (lib.is_tiled(tiff) != 0) != layout.tiled) {
    return false;
  }
  if (layout.tiled) {
    return field(tiff, TIFFTAG_TILEWIDTH) == static_cast<std::uint32_t>(layout.chunk_width) &&
           lib.tile_size(tiff) == height * layout.row_bytes(layout.chunk_width, samples);
  }
  const std::size_t row = layout.row_bytes(layout.width, samples);
  return lib.scanline_size(tiff) == row && lib.strip_size(tiff) == height * row;
}

}  // namespace

struct TiffDecoder::State {
  Client client;
  TIFF* tiff = nullptr;
  bool tiled = false;
  bool is_truncated = false;

  ~State() {
    if (tiff != nullptr) {
      libtiff().close(tiff);
    }
  }
  [[noreturn]] void raise() const {
    if (is_truncated) {
      fail(ErrorCode::truncated, kSubject, "ends before its image is complete");
    }
    fail(ErrorCode::corrupt, kSubject,
         "cannot be decoded" + (client.first_problem.empty() ? "" : ": " + client.first_problem));
  }
};

TiffDecoder::TiffDecoder(ByteView file, const TiffLayout& layout, const ImageLimits& limits,
                         bool rgb_from_jpeg)
    : state_(std::make_unique<State>()) {
  const Library& lib = libtiff();
  if (!lib.library.problem().empty()) {
    fail(ErrorCode::unsupported, kSubject, "libtiff cannot be used: " + lib.library.problem());
  }
  if (lib.is_codec_configured(static_cast<std::uint16_t>(layout.compression)) != 1) {
    fail(ErrorCode::unsupported, kSubject,
         "is compressed with " + tiff_compression_name(layout.compression) +
             ", which this version of libtiff does not support");
  }
  state_->client.file = file;
  state_->is_truncated = layout.is_truncated;
  state_->tiled = layout.tiled;
  state_->tiff = open(state_->client, limits);
  if (state_->tiff == nullptr) {
    state_->raise();
  }
  if (rgb_from_jpeg && lib.set_field(state_->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB) != 1) {
    state_->raise();
  }
  if (!agrees(state_->tiff, layout)) {
    fail(ErrorCode::corrupt, kSubject, "has an ambiguous directory");
  }
}

TiffDecoder::~TiffDecoder() = default;

void TiffDecoder::read_row(std::int32_t row, std::uint8_t* out) {
  if (libtiff().read_scanline(state_->tiff, out, static_cast<std::uint32_t>(row), 0) != 1) {
    state_->raise();
  }
}

void TiffDecoder::read_chunk(std::uint32_t index, std::uint8_t* out, std::size_t size) {
  const auto read = state_->tiled ? libtiff().read_tile : libtiff().read_strip;
  if (read(state_->tiff, index, out, static_cast<tmsize_t>(size)) == -1) {
    state_->raise();
  }
}

const std::string& TiffDecoder::first_problem() const { return state_->client.first_problem; }

std::string libtiff_version() {
  const Library& lib = libtiff();
  if (!lib.library.problem().empty()) {
    return {};
  }
  const std::string_view text = lib.get_version();  // "LIBTIFF, Version 4.5.0\nCopyright ..."
  const std::size_t first = text.find_first_of("0123456789");
  const std::size_t end = std::min(text.find('\n'), text.size());
  return first < end ? std::string(text.substr(first, end - first)) : std::string();
}

}  // namespace sightline
