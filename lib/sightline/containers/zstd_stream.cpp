// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/decompressors.h"

#ifdef SIGHTLINE_LIBZSTD

#include <zstd.h>
#include <zstd_errors.h>

#include <new>
#include <string>

#include "sightline/base/optional_library.h"

namespace sightline {
namespace {

constexpr int kMaxWindowLog = 27;  // 128 MiB, which `zstd --ultra -22` does not exceed without --long

/// The functions of libzstd.
struct Library {
  OptionalLibrary<*SIGHTLINE_LIBZSTD == '\0'> library{SIGHTLINE_LIBZSTD};
  decltype(&ZSTD_versionString) version = nullptr;
  decltype(&ZSTD_createDCtx) create = nullptr;
  decltype(&ZSTD_freeDCtx) free = nullptr;
  decltype(&ZSTD_DCtx_setParameter) set_parameter = nullptr;
  decltype(&ZSTD_decompressStream) decompress = nullptr;
  decltype(&ZSTD_isError) is_error = nullptr;
  decltype(&ZSTD_getErrorName) error_name = nullptr;
  decltype(&ZSTD_getErrorCode) error_code = nullptr;

  Library() {
    library.find<ZSTD_versionString>(version, "ZSTD_versionString");
    library.find<ZSTD_createDCtx>(create, "ZSTD_createDCtx");
    library.find<ZSTD_freeDCtx>(free, "ZSTD_freeDCtx");
    library.find<ZSTD_DCtx_setParameter>(set_parameter, "ZSTD_DCtx_setParameter");
    library.find<ZSTD_decompressStream>(decompress, "ZSTD_decompressStream");
    library.find<ZSTD_isError>(is_error, "ZSTD_isError");
    library.find<ZSTD_getErrorName>(error_name, "ZSTD_getErrorName");
    library.find<ZSTD_getErrorCode>(error_code, "ZSTD_getErrorCode");
  }
};

const Library& libzstd() {
  static const Library library;
  return library;
}

/// RFC 8878. libzstd verifies the checksum of each frame that has one.
class ZstdStream : public ByteStream {
 public:
  ZstdStream(std::unique_ptr<BufferedStream> source, std::string_view subject)
      : source_(std::move(source)), subject_(subject) {
    const Library& lib = libzstd();
    if (!lib.library.problem().empty()) {
      fail(ErrorCode::unsupported, subject_,
           "is compressed with zstd, and libzstd cannot be used: " + lib.library.problem());
    }
    state_ = lib.create();
    if (state_ == nullptr) throw std::bad_alloc();
    lib.set_parameter(state_, ZSTD_d_windowLogMax, kMaxWindowLog);
  }
  ~ZstdStream() override {
    if (state_ != nullptr) libzstd().free(state_);
  }
  ZstdStream(const ZstdStream&) = delete;
  ZstdStream& operator=(const ZstdStream&) = delete;

  std::size_t read(std::span<std::byte> out) override {
    while (!ended_) {
      const std::size_t count = decompress_some(out);
      if (count > 0) return count;
    }
    return 0;
  }

 private:
  std::size_t decompress_some(std::span<std::byte> out) {
    if (between_frames_ && !begins_frame(source_->peek(sizeof(std::uint32_t)))) {
      ended_ = true;
      return 0;
    }
    const ByteView view = source_->available();
    // With all input consumed, libzstd may still hold output.
    ZSTD_inBuffer input{view.data(), view.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t result = libzstd().decompress(state_, &output, &input);
    if (libzstd().is_error(result) != 0) fail_decoding(result);
    source_->skip(static_cast<std::int64_t>(input.pos));
    between_frames_ = result == 0;
    if (view.empty() && output.pos == 0 && !between_frames_) {
      fail(ErrorCode::truncated, subject_, "the zstd data ends early");
    }
    return output.pos;
  }

  /// Whether a frame or a skippable frame follows.
  static bool begins_frame(ByteView bytes) {
    if (bytes.size() < sizeof(std::uint32_t)) return false;
    const auto magic = load_le<std::uint32_t>(bytes, 0, "");
    return magic == ZSTD_MAGICNUMBER || (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
  }

  [[noreturn]] void fail_decoding(std::size_t result) const {
    const ZSTD_ErrorCode code = libzstd().error_code(result);
    if (code == ZSTD_error_memory_allocation) throw std::bad_alloc();
    if (code == ZSTD_error_frameParameter_windowTooLarge) {
      fail(ErrorCode::limit, subject_, "is compressed with a zstd window above 128 MiB, the maximum");
    }
    fail(ErrorCode::corrupt, subject_,
         "the zstd data is damaged: " + std::string(libzstd().error_name(result)));
  }

  std::unique_ptr<BufferedStream> source_;
  std::string subject_;
  ZSTD_DCtx* state_ = nullptr;
  bool between_frames_ = false, ended_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> make_zstd_stream(std::unique_ptr<BufferedStream> source,
                                             std::string_view subject) {
  return std::make_unique<ZstdStream>(std::move(source), subject);
}

std::string libzstd_version() {
  const Library& lib = libzstd();
  return lib.library.problem().empty() ? lib.version() : "";
}

}  // namespace sightline

#else

namespace sightline {

std::unique_ptr<ByteStream> make_zstd_stream(std::unique_ptr<BufferedStream>, std::string_view subject) {
  fail(ErrorCode::unsupported, subject,
       "is compressed with zstd, which this build does not support: libzstd was not available when it was "
       "compiled");
}

std::string libzstd_version() { return ""; }

}  // namespace sightline

#endif
