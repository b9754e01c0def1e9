// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "image_bytes.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string number(int value) { return bytes_of({value & 255, value >> 8}); }

/// A header without a palette.
std::string screen(int width, int height) {
  return "GIF89a" + number(width) + number(height) + bytes_of({0, 0, 0});
}

/// An image descriptor and the number of bits per index; data blocks follow.
std::string image(int width, int height, int bits, int left = 0, int top = 0, int flags = 0) {
  return "," + number(left) + number(top) + number(width) + number(height) + bytes_of({flags, bits});
}

/// Codes of `bits` bits each, in one block.
std::string codes(std::initializer_list<int> values, int bits) {
  std::string data;
  int buffer = 0, filled = 0;
  for (const int value : values) {
    buffer |= value << filled;
    for (filled += bits; filled >= 8; filled -= 8) {
      data.push_back(static_cast<char>(buffer & 255));
      buffer >>= 8;
    }
  }
  data.push_back(static_cast<char>(buffer));
  return bytes_of({static_cast<int>(data.size())}) + data + bytes_of({0});
}

}  // namespace

TEST_CASE("gif: sizes are checked before anything is allocated", "[image][error]") {
  const std::string data = codes({4, 0, 5}, 3);
  CHECK(judge(screen(65535, 65535) + image(1, 1, 2) + data).word == "LIMIT");
  CHECK(judge(screen(1, 1) + image(65535, 65535, 2) + data).word == "LIMIT");
  CHECK(judge(screen(1, 1) + image(1, 1, 2, 65535, 65535) + data).word == "LIMIT");
  // Within the limits, but far more pixels than its few codes can yield.
  for (const int interlaced : {0, 0x40}) {
    CHECK(judge(screen(1, 1) + image(13000, 13000, 2, 0, 0, interlaced) + data).word == "TRUNC");
  }
  ImageLimits limits;
  limits.max_decoder_memory = 3;
  CHECK(judge(screen(2, 2) + image(2, 2, 2, 0, 0, 0x40) + codes({4, 0, 0, 0, 0}, 3), limits).word == "LIMIT");
}

TEST_CASE("gif: malformed blocks", "[image][error]") {
  const std::string pixel = image(1, 1, 2) + codes({4, 0, 5}, 3);
  REQUIRE(judge(screen(1, 1) + pixel).word == "OK");
  const auto [bytes, word, words] = GENERATE_COPY(table<std::string, std::string, std::string>({
      {screen(1, 1) + ";", "HEADER", "contains no image"},
      {screen(1, 1), "TRUNC", "without an image"},
      {screen(1, 1) + image(0, 1, 2), "HEADER", "has a frame of 0x1"},
      {screen(1, 1) + image(1, 0, 2), "HEADER", "has a frame of 1x0"},
      {screen(1, 1) + image(1, 1, 13) + codes({4, 0, 5}, 3), "HEADER", "has initial codes of 13 bits"},
      {screen(1, 1) + image(1, 1, 255) + codes({4, 0, 5}, 3), "HEADER", "has initial codes of 255 bits"},
      {screen(1, 1) + "!" + bytes_of({0xf9, 1, 1, 0}) + pixel, "HEADER",
       "a graphic control block of 1 bytes"},
      {screen(1, 1) + "!" + bytes_of({0xf9, 3, 1, 0, 0, 0}) + pixel, "HEADER",
       "a graphic control block of 3"},
      {screen(1, 1) + "!" + bytes_of({0xfe, 200, 1}), "TRUNC", "without an image"},
  }));
  const Verdict verdict = judge(bytes);
  INFO(verdict.message);
  CHECK(verdict.word == word);
  CHECK_THAT(verdict.message, Contains(words.c_str()));
}

TEST_CASE("gif: undefined codes", "[image][error]") {
  const auto with = [](std::initializer_list<int> values) {
    return judge(screen(4, 4) + image(4, 4, 2) + codes(values, 3)).word;
  };
  CHECK(with({4, 6}) == "CORRUPT");     // the first code after a clear code is not an index
  CHECK(with({4, 0, 7}) == "CORRUPT");  // beyond the next free code
  CHECK(with({4, 0, 5}) == "TRUNC");    // ends too early
  CHECK(with({5}) == "TRUNC");
  CHECK(with({4, 4, 4, 4}) == "TRUNC");
  // A truncated block is ignored, although it contains all the codes that are needed.
  std::string cut = screen(1, 1) + image(1, 1, 2) + codes({4, 0, 5}, 3);
  cut.resize(cut.size() - 2);
  CHECK(judge(cut).word == "TRUNC");
}

TEST_CASE("gif: a string as long as the table does not overflow the buffer", "[image][error]") {
  // Each code repeats the last string plus one index, up to the longest possible string, repeatedly.
  std::string data;
  int buffer = 0, filled = 0, size = 3;
  const auto emit = [&](int code) {
    buffer |= code << filled;
    for (filled += size; filled >= 8; filled -= 8) {
      data.push_back(static_cast<char>(buffer & 255));
      buffer >>= 8;
    }
  };
  emit(4);
  emit(1);
  for (int next = 6; next < 4096; ++next) {
    emit(next);
    size += next == (1 << size) - 1 && size < 12 ? 1 : 0;
  }
  for (int i = 0; i < 100; ++i) {
    emit(4095);
  }
  std::string blocks;
  for (std::size_t at = 0; at < data.size(); at += 255) {
    const std::string block = data.substr(at, 255);
    blocks += bytes_of({static_cast<int>(block.size())}) + block;
  }
  const Verdict verdict = judge(screen(2900, 2900) + image(2900, 2900, 2) + blocks);
  CHECK(verdict.word == "OK");
  CHECK(verdict.image.pixels == std::vector<std::uint8_t>(std::size_t{2900} * 2900 * 3, 1));
}
