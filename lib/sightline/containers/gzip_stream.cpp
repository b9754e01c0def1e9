// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <algorithm>
#include <new>
#include <string>

#include "sightline/containers/decompressors.h"

namespace sightline {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib's way to ask for the gzip format alone

/// RFC 1952. zlib verifies the checksum and the length of each member.
class GzipStream : public ByteStream {
 public:
  GzipStream(std::unique_ptr<BufferedStream> source, std::string_view subject)
      : source_(std::move(source)), subject_(subject) {
    if (inflateInit2(&state_, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~GzipStream() override { inflateEnd(&state_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  std::size_t read(std::span<std::byte> out) override {
    while (!ended_ && problem_.empty()) {
      const std::size_t count = inflate_some(out);
      if (count > 0) return count;
    }
    if (!problem_.empty()) fail(ErrorCode::corrupt, subject_, "the gzip data is damaged: " + problem_);
    return 0;
  }

 private:
  /// Inflates what is buffered. Returns the number of bytes written, which may be 0 before the end.
  std::size_t inflate_some(std::span<std::byte> out) {
    const ByteView input = source_->available();
    if (input.empty()) fail(ErrorCode::truncated, subject_, "the gzip data ends early");
    // zlib declares its input as not const, and does not write to it.
    state_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(input.data()));
    state_.avail_in = static_cast<uInt>(input.size());
    state_.next_out = reinterpret_cast<Bytef*>(out.data());
    const auto room = static_cast<uInt>(std::min<std::size_t>(out.size(), 1U << 30));
    state_.avail_out = room;
    const int result = inflate(&state_, Z_NO_FLUSH);
    source_->skip(static_cast<std::int64_t>(input.size() - state_.avail_in));
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result == Z_STREAM_END) {
      next_member();
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      problem_ = state_.msg != nullptr ? state_.msg : "zlib error " + std::to_string(result);
    }
    return room - state_.avail_out;
  }

  void next_member() {
    ended_ = compression_of(source_->peek(2)) != Compression::gzip;
    if (!ended_) inflateReset(&state_);
  }

  std::unique_ptr<BufferedStream> source_;
  std::string subject_;
  z_stream state_ = {};
  std::string problem_;  ///< reported after what came before it has been read
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> make_gzip_stream(std::unique_ptr<BufferedStream> source,
                                             std::string_view subject) {
  return std::make_unique<GzipStream>(std::move(source), subject);
}

}  // namespace sightline
