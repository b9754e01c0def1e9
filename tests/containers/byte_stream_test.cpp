// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/byte_stream.h"

#include <zlib.h>

#include <fstream>

#include "support/catch.h"
#include "support/error_of.h"
#include "support/skip.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

/// Gives one byte at a time, as a slow pipe may.
class Trickle : public ByteStream {
 public:
  explicit Trickle(std::string bytes) : bytes_(std::move(bytes)) {}
  std::size_t read(std::span<std::byte> out) override {
    if (next_ == bytes_.size() || out.empty()) return 0;
    out[0] = static_cast<std::byte>(bytes_[next_++]);
    return 1;
  }

 private:
  std::string bytes_;
  std::size_t next_ = 0;
};

std::unique_ptr<BufferedStream> buffered(const std::string& bytes) {
  return std::make_unique<BufferedStream>(std::make_unique<Trickle>(bytes));
}

std::string read_all(BufferedStream& stream, std::size_t piece = 1000) {
  std::string all, bytes(piece, '\0');
  while (const std::size_t count = stream.read(std::as_writable_bytes(std::span(bytes))))
    all.append(bytes, 0, count);
  return all;
}

/// What can be read of a compressed file, then the class of the error, if any.
std::string content(const std::string& file, std::size_t piece = 1000) {
  std::string all;
  const Failure failure = error_of([&] {
    const auto stream = decompress(buffered(file), "f");
    std::string bytes(piece, '\0');
    while (const std::size_t count = stream->read(std::as_writable_bytes(std::span(bytes)))) {
      all.append(bytes, 0, count);
    }
  });
  return all + failure.code;
}

std::string gzipped(const std::string& bytes) {
  z_stream state = {};
  REQUIRE(deflateInit2(&state, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(bytes.size() + 1000, '\0');
  std::string in = bytes;
  state.next_in = reinterpret_cast<Bytef*>(in.data());
  state.avail_in = static_cast<uInt>(in.size());
  state.next_out = reinterpret_cast<Bytef*>(out.data());
  state.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&state, Z_FINISH) == Z_STREAM_END);
  out.resize(state.total_out);
  deflateEnd(&state);
  return out;
}

/// A zstd frame (RFC 8878) of one raw block, of at most 255 bytes.
std::string zstd_frame(const std::string& bytes) {
  const auto block = static_cast<unsigned>(bytes.size() << 3 | 1);
  return "\x28\xb5\x2f\xfd\x20"s + static_cast<char>(bytes.size()) + static_cast<char>(block) +
         static_cast<char>(block >> 8) + static_cast<char>(block >> 16) + bytes;
}
/// A frame that repeats `byte` for `blocks` times 128 KiB, with a window of 2^(10 + window_log) bytes.
std::string zstd_run(char byte, int blocks, int window_log = 7) {
  std::string frame = "\x28\xb5\x2f\xfd\0"s + static_cast<char>(window_log << 3);
  for (int i = 0; i < blocks; ++i) {
    const unsigned block = (128U << 10) << 3 | 1 << 1 | (i + 1 == blocks ? 1 : 0);
    frame += {static_cast<char>(block), static_cast<char>(block >> 8), static_cast<char>(block >> 16), byte};
  }
  return frame;
}

bool has_zstd() {
  if (!libzstd_version().empty()) return true;
  skip("this build does not use libzstd");
  return false;
}

}  // namespace

TEST_CASE("byte stream: peeks, reads and skips across its buffer", "[io][stream]") {
  std::string bytes;
  while (bytes.size() < 3 * BufferedStream::kBufferBytes) bytes += std::to_string(bytes.size()) + ",";
  BufferedStream stream(std::make_unique<ViewStream>(as_bytes(bytes)));
  std::size_t at = 0;
  for (const std::size_t step :
       {1UL, 1000UL, BufferedStream::kBufferBytes - 500, 3UL, BufferedStream::kBufferBytes}) {
    CHECK(as_text(stream.peek(2000)) == std::string_view(bytes).substr(at, 2000));
    CHECK(stream.skip(static_cast<std::int64_t>(step)) == static_cast<std::int64_t>(step));
    at += step;
    std::string next(700, '\0');
    REQUIRE(stream.read_fully(std::as_writable_bytes(std::span(next))) == 700);
    CHECK(next == bytes.substr(at, 700));
    at += 700;
  }
  CHECK(stream.skip(INT64_MAX) == static_cast<std::int64_t>(bytes.size() - at));
  CHECK(stream.peek(10).empty());
  CHECK(stream.available().empty());
}

TEST_CASE("byte stream: seeks in files, and stops at their end", "[io][stream]") {
  const TempFolder folder;
  const std::string path = folder.path() + "/f";
  std::ofstream(path) << std::string(1 << 20, 'a') + "end";
  const auto stream = open_byte_stream(path);
  CHECK(as_text(stream->peek(2)) == "aa");
  CHECK(stream->skip(1 << 20) == 1 << 20);
  CHECK(read_all(*stream) == "end");
  CHECK(open_byte_stream(path)->skip(1 << 21) == (1 << 20) + 3);
  CHECK(error_of([&] { (void)open_byte_stream(folder.path()); }).code == "UNSUP");
  CHECK(error_of([&] { (void)open_byte_stream(path + "x"); }).code == "MISSING");
}

TEST_CASE("byte stream: a file that is not compressed is given as it is", "[io][stream]") {
  for (const std::string& file : {""s, "x"s, "\x1f"s, "plain text"s, "\x28\xb5"s})
    CHECK(content(file) == file);
}

TEST_CASE("gzip: one member or several, in pieces of any size", "[io][stream]") {
  std::string bytes;
  for (int i = 0; i < 30000; ++i) bytes += std::to_string(i * i);
  for (const std::size_t piece : {1UL, 7UL, 100000UL, 1UL << 20})
    CHECK(content(gzipped(bytes), piece) == bytes);
  CHECK(content(gzipped("one ") + gzipped("") + gzipped("two")) == "one two");
  CHECK(content(gzipped("")) == "");
}

TEST_CASE("gzip: what follows the last member is ignored", "[io][stream]") {
  for (const std::string& garbage : {"\0\0\0"s, "\x1f"s, "garbage"s})
    CHECK(content(gzipped("one") + garbage) == "one");
  CHECK(content(gzipped("one") + "\x1f\x8b") == "oneTRUNC");
  CHECK(content(gzipped("one") + "\x1f\x8b garbage") == "oneCORRUPT");
}

TEST_CASE("gzip: truncated and damaged files", "[io][stream][error]") {
  const std::string file = gzipped("some content");
  for (std::size_t size = 2; size < file.size(); ++size) {
    INFO(size);
    const std::string result = content(file.substr(0, size));
    CHECK(result.ends_with("TRUNC"));
    CHECK("some contentTRUNC"s.starts_with(result.substr(0, result.size() - 5)));
  }
  for (const std::size_t place : {2UL, file.size() - 1, file.size() - 5}) {  // method, length, checksum
    std::string damaged = file;
    damaged[place] = static_cast<char>(damaged[place] ^ 0x55);
    CHECK(content(damaged).ends_with("CORRUPT"));
  }
  CHECK(error_of([&] { (void)decompress(buffered(file.substr(0, 9)), "f.gz")->peek(1); }) ==
        Failure{"TRUNC", "f.gz: the gzip data ends early"});
}

TEST_CASE("zstd: one frame or several, in pieces of any size", "[io][stream]") {
  if (!has_zstd()) return;
  const std::string skippable = "\x5f\x2a\x4d\x18\x03\0\0\0xyz"s;
  for (const std::size_t piece : {1UL, 7UL, 1UL << 20}) {
    CHECK(content(zstd_frame("one ") + zstd_frame("") + skippable + zstd_frame("two"), piece) == "one two");
    CHECK(content(zstd_run('a', 3) + zstd_run('b', 1), piece) ==
          std::string(3 << 17, 'a') + std::string(1 << 17, 'b'));
  }
  CHECK(content(zstd_frame("one") + "garbage") == "one");
  CHECK(content(zstd_frame("one") + "\x28\xb5") == "one");
}

TEST_CASE("zstd: truncated and damaged files, and windows that are too large", "[io][stream][error]") {
  if (!has_zstd()) return;
  const std::string file = zstd_frame("some content");
  for (std::size_t size = 4; size < file.size(); ++size) {
    INFO(size);
    CHECK(content(file.substr(0, size)).ends_with("TRUNC"));
  }
  CHECK(content(zstd_frame("one") + file.substr(0, 10)).ends_with("TRUNC"));
  std::string damaged = file;
  damaged[6] = '\x07';  // a reserved type of block
  CHECK(content(damaged) == "CORRUPT");
  CHECK(content(zstd_run('a', 1, 17)) == std::string(1 << 17, 'a'));  // 128 MiB
  CHECK(content(zstd_run('a', 1, 18)) == "LIMIT");
  CHECK(error_of([&] { (void)decompress(buffered(zstd_run('a', 1, 21)), "f.zst")->peek(1); }) ==
        Failure{"LIMIT", "f.zst: is compressed with a zstd window above 128 MiB, the maximum"});
}

TEST_CASE("byte stream: other compressions are refused by name", "[io][stream][error]") {
  const auto refusal = [](const std::string& head) {
    return error_of([&] { (void)decompress(buffered(head + std::string(100, 'x')), "f"); });
  };
  CHECK(refusal("BZh91AY") == Failure{"UNSUP", "f: is compressed with bzip2, expected gzip or zstd"});
  CHECK(refusal("\xfd"
                "7zXZ\0"s)
            .message == "f: is compressed with xz, expected gzip or zstd");
  CHECK(refusal("\x04\x22\x4d\x18").message == "f: is compressed with lz4, expected gzip or zstd");
}
