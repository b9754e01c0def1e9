// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/byte_stream.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sightline/containers/decompressors.h"
#include "sightline/files/input_stream.h"
#include "sightline/files/waiting.h"

namespace sightline {
namespace {

using std::string_view_literals::operator""sv;

// Between two seeks, often only a member header of an archive is read.
constexpr std::size_t kFillAfterSeek = 4 << 10;

struct Mark {
  std::string_view bytes;
  Compression compression;
  std::string_view name;
};

constexpr std::array kMarks = {
    Mark{"\x1f\x8b"sv, Compression::gzip, "gzip"},
    Mark{"\x28\xb5\x2f\xfd"sv, Compression::zstd, "zstd"},
    Mark{"BZh"sv, Compression::bzip2, "bzip2"},
    Mark{"\xfd"
         "7zXZ\0"sv,
         Compression::xz, "xz"},
    Mark{"\x04\x22\x4d\x18"sv, Compression::lz4, "lz4"},
};

/// A file on disk, or stdin.
class FileStream : public ByteStream {
 public:
  explicit FileStream(const std::string& path) : file_(path) {}
  std::size_t read(std::span<std::byte> out) override { return file_.read(out); }
  std::int64_t seek_over(std::int64_t count) override { return file_.seek_over(count); }

 private:
  InputStream file_;
};

}  // namespace

std::size_t ViewStream::read(std::span<std::byte> out) {
  const std::size_t count = std::min(out.size(), rest_.size());
  std::copy_n(rest_.begin(), count, out.begin());
  rest_ = rest_.subspan(count);
  return count;
}

BufferedStream::BufferedStream(std::unique_ptr<ByteStream> source, LargeReads large_reads)
    : source_(std::move(source)), large_reads_(large_reads), buffer_(kBufferBytes) {}

std::size_t BufferedStream::refill() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
  const std::span<std::byte> room = std::span(buffer_).subspan(end_);
  const std::size_t count = source_->read(room.first(std::min(room.size(), next_fill_)));
  next_fill_ = std::min(4 * next_fill_, buffer_.size());
  end_ += count;
  return count;
}

ByteView BufferedStream::peek(std::size_t count) {
  count = std::min(count, buffer_.size());
  while (end_ - begin_ < count && refill() > 0) {
  }
  return ByteView(buffer_).subspan(begin_, std::min(count, end_ - begin_));
}

ByteView BufferedStream::available() {
  if (begin_ == end_) refill();
  return ByteView(buffer_).subspan(begin_, end_ - begin_);
}

std::size_t BufferedStream::read(std::span<std::byte> out) {
  if (begin_ == end_) {
    if (large_reads_ == LargeReads::direct && out.size() >= buffer_.size()) return source_->read(out);
    if (refill() == 0) return 0;
  }
  const std::size_t count = std::min(out.size(), end_ - begin_);
  std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), count, out.begin());
  begin_ += count;
  return count;
}

std::size_t BufferedStream::read_fully(std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t count = read(out.subspan(done));
    if (count == 0) break;
    done += count;
  }
  return done;
}

std::vector<std::byte> BufferedStream::read_rest(std::int64_t max_bytes, std::string_view subject) {
  std::vector<std::byte> bytes;
  for (ByteView part = available(); !part.empty(); part = available()) {
    if (std::ssize(part) > max_bytes - std::ssize(bytes)) {
      fail(ErrorCode::limit, subject, "is larger than the limit of " + std::to_string(max_bytes) + " bytes");
    }
    bytes.insert(bytes.end(), part.begin(), part.end());
    begin_ = end_;
  }
  return bytes;
}

std::int64_t BufferedStream::skip(std::int64_t count) {
  std::int64_t done = 0;
  while (done < count) {
    const std::int64_t buffered = std::min(count - done, static_cast<std::int64_t>(end_ - begin_));
    begin_ += static_cast<std::size_t>(buffered);
    done += buffered;
    if (done == count) break;
    const std::int64_t passed = source_->seek_over(count - done);
    done += passed;
    if (passed > 0) next_fill_ = kFillAfterSeek;
    call_wait_check();
    if (passed == 0 && refill() == 0) break;
  }
  return done;
}

Compression compression_of(ByteView head) {
  for (const Mark& mark : kMarks) {
    if (as_text(head).starts_with(mark.bytes)) return mark.compression;
  }
  return Compression::none;
}

std::string_view name_of(Compression compression) {
  for (const Mark& mark : kMarks) {
    if (mark.compression == compression) return mark.name;
  }
  return "none";
}

// A decompressor loses what it decoded in the same call before an error. With a buffer between, the place of
// an error does not depend on whether members are read or passed over.
std::unique_ptr<BufferedStream> decompress(std::unique_ptr<BufferedStream> source, std::string_view subject) {
  constexpr auto kBuffered = BufferedStream::LargeReads::buffered;
  const Compression compression = compression_of(source->peek(6));
  switch (compression) {
    case Compression::none:
      return source;
    case Compression::gzip:
      return std::make_unique<BufferedStream>(make_gzip_stream(std::move(source), subject), kBuffered);
    case Compression::zstd:
      return std::make_unique<BufferedStream>(make_zstd_stream(std::move(source), subject), kBuffered);
    default:
      fail(ErrorCode::unsupported, subject,
           "is compressed with " + std::string(name_of(compression)) + ", expected gzip or zstd");
  }
}

std::unique_ptr<BufferedStream> open_raw_stream(const std::string& path) {
  return std::make_unique<BufferedStream>(std::make_unique<FileStream>(path));
}

std::unique_ptr<BufferedStream> open_byte_stream(const std::string& path) {
  return decompress(open_raw_stream(path), path);
}

}  // namespace sightline
