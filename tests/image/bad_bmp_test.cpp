// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "image_bytes.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string number(std::uint32_t value) {
  const std::string big = big_endian(value, 4);
  return {big.rbegin(), big.rend()};
}

struct Bmp {
  std::uint32_t header = 40;
  std::uint32_t width = 1;
  std::uint32_t height = 1;
  int bits = 24;
  std::uint32_t compression = 0;
  std::uint32_t colors = 0;
  std::uint32_t offset = 54;
  std::string pixels = std::string(4, '\x55');

  std::string bytes() const {
    return "BM" + number(0) + number(0) + number(offset) + number(header) + number(width) + number(height) +
           bytes_of({1, 0, bits, 0}) + number(compression) + number(0) + number(0) + number(0) +
           number(colors) + number(0) + pixels;
  }
};

Verdict judge_bmp(const Bmp& bmp) { return judge(bmp.bytes()); }

}  // namespace

TEST_CASE("bmp: sizes are checked before anything is read", "[image][error]") {
  REQUIRE(judge_bmp({}).word == "OK");
  CHECK(judge_bmp({.width = 0}).word == "HEADER");
  CHECK(judge_bmp({.height = 0}).word == "HEADER");
  CHECK(judge_bmp({.width = 0xffffffff}).word == "LIMIT");
  CHECK(judge_bmp({.height = 0x80000000}).word == "LIMIT");
  CHECK(judge_bmp({.width = 60000, .height = 60000}).word == "LIMIT");
  CHECK(judge_bmp({.width = 13000, .height = 13000}).word == "TRUNC");
  CHECK(judge_bmp({.offset = 0xffffffff}).word == "TRUNC");
  // Run lengths: a skip yields many pixels from few bytes, but no more than the limits allow.
  const std::string skips = std::string("\0\2\xff\xff", 4);
  CHECK(judge_bmp({.width = 65000, .height = 65000, .bits = 8, .compression = 1, .pixels = skips}).word ==
        "LIMIT");
  CHECK(judge_bmp({.width = 600, .height = 600, .bits = 8, .compression = 1, .pixels = skips}).word ==
        "TRUNC");
  ImageLimits limits;
  limits.max_decoder_memory = 100;
  CHECK(judge(Bmp{.width = 11, .height = 11, .bits = 8, .compression = 1}.bytes(), limits).word == "LIMIT");
}

TEST_CASE("bmp: unsupported files are reported by name", "[image][error]") {
  const auto [bmp, word, words] = GENERATE(table<Bmp, std::string, std::string>({
      {{.header = 16}, "UNSUP", "has a header of 16 bytes"},
      {{.header = 0xffffffff}, "UNSUP", "has a header of 4294967295 bytes"},
      {{.bits = 2}, "UNSUP", "has 2 bits per pixel"},
      {{.bits = 64}, "UNSUP", "has 64 bits per pixel"},
      {{.compression = 4}, "UNSUP", "has compression 4"},
      {{.compression = 5}, "UNSUP", "has compression 5"},
      {{.compression = 1}, "UNSUP", "is run-length coded with 24 bits"},
      {{.bits = 8, .compression = 3, .pixels = std::string(40, '\0')},
       "UNSUP",
       "has unsupported bit fields for 8 bits"},
      {{.bits = 16, .compression = 3, .pixels = std::string(40, '\1')},
       "UNSUP",
       "has unsupported bit fields for 16 bits"},
      {{.bits = 8, .colors = 70000}, "HEADER", "has a palette of 70000 colors"},
      {{.bits = 8, .colors = 300, .pixels = std::string(4 * 300, '\7')}, "HEADER", "a palette of 300 colors"},
  }));
  const Verdict verdict = judge_bmp(bmp);
  CHECK(verdict.word == word);
  CHECK_THAT(verdict.message, Contains(words.c_str()));
}

TEST_CASE("bmp: black and white with more bits than necessary is still a palette", "[image]") {
  const std::string colors = std::string("\0\0\0\0\xff\xff\xff\0", 8);
  const Verdict verdict = judge_bmp(
      {.width = 4, .bits = 8, .colors = 2, .offset = 62, .pixels = colors + std::string("\1\0\1\1", 4)});
  REQUIRE(verdict.word == "OK");
  CHECK(verdict.image.pixels ==
        std::vector<std::uint8_t>{255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255, 255});
}
