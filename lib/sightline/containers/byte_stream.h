// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// Bytes that are read from the beginning to the end in one pass, in bounded memory.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Reads at most `out.size()` bytes. Returns how many; 0 only at the end. Errors: those of the source.
  virtual std::size_t read(std::span<std::byte> out) = 0;
  /// Passes over at most `count` bytes in one step that needs no reading. Returns how many; 0 if the stream
  /// must be read or has ended.
  virtual std::int64_t seek_over(std::int64_t count) {
    static_cast<void>(count);
    return 0;
  }
};

/// Bytes in memory, which must outlive the stream.
class ViewStream : public ByteStream {
 public:
  explicit ViewStream(ByteView bytes) : rest_(bytes) {}
  std::size_t read(std::span<std::byte> out) override;

 private:
  ByteView rest_;
};

/// A stream with a buffer, so that its next bytes can be inspected and small reads are cheap.
class BufferedStream : public ByteStream {
 public:
  static constexpr std::size_t kBufferBytes = 128 << 10;

  /// How a read that is larger than the buffer is served: from the source, or, so that the same bytes are
  /// requested from it however this stream is read, through the buffer.
  enum class LargeReads { direct, buffered };

  explicit BufferedStream(std::unique_ptr<ByteStream> source, LargeReads large_reads = LargeReads::direct);

  /// The next `count` (at most kBufferBytes) bytes, which stay unread; fewer only at the end. Valid until the
  /// next call.
  ByteView peek(std::size_t count);
  /// The unread bytes that are buffered, at least one unless the stream has ended. Valid as for `peek`.
  ByteView available();
  std::size_t read(std::span<std::byte> out) override;
  /// Reads until `out` is full. Returns the number of bytes; fewer only at the end.
  std::size_t read_fully(std::span<std::byte> out);
  /// Reads to the end. Errors: limit, with `subject`, if there are more than `max_bytes`.
  std::vector<std::byte> read_rest(std::int64_t max_bytes, std::string_view subject);
  /// Passes over `count` bytes without holding them. Returns the number; fewer only at the end. Errors: also
  /// exceptions from the function of `set_wait_check`.
  std::int64_t skip(std::int64_t count);

 private:
  std::size_t refill();

  std::unique_ptr<ByteStream> source_;
  LargeReads large_reads_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0, end_ = 0;       ///< the unread part of the buffer
  std::size_t next_fill_ = kBufferBytes;  ///< bytes to request next: few after a seek, then more
};

/// How a file is compressed, as its first bytes tell.
enum class Compression { none, gzip, zstd, bzip2, xz, lz4 };
/// Needs at most the first 6 bytes.
Compression compression_of(ByteView head);
/// "gzip", "zstd", ...; "none"
std::string_view name_of(Compression compression);

/// The content of a stream: decompressed if it begins like a gzip or zstd file, else as it is. A compressed
/// file may consist of several members or frames; other bytes after the last one are ignored, as by gzip(1).
/// `subject` is its name for messages. Errors, also of later reads: unsupported (another compression; zstd if
/// libzstd is missing); truncated; corrupt (also a wrong checksum, at the end of a member or frame); limit (a
/// zstd window above 128 MiB).
std::unique_ptr<BufferedStream> decompress(std::unique_ptr<BufferedStream> source, std::string_view subject);

/// Opens a file, or stdin for "-", and decompresses it. Errors: those of `InputStream` and `decompress`.
std::unique_ptr<BufferedStream> open_byte_stream(const std::string& path);
/// The same without decompression.
std::unique_ptr<BufferedStream> open_raw_stream(const std::string& path);

/// The version of libzstd; empty if this build does not use it or it cannot be loaded.
std::string libzstd_version();

}  // namespace sightline
