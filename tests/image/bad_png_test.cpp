// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include <string>
#include <vector>

#include "image_bytes.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

struct Case {
  std::string name;
  std::string file;
  std::string verdict;
};

std::string with_header(const std::string& header) {
  return kPngStart + header + png_chunk("IDAT", stored(grey_rows(4, 4))) + kPngEnd;
}

std::string with_data(const std::string& stream) {
  return kPngStart + png_header(4, 4, 8, 0) + png_chunk("IDAT", stream) + kPngEnd;
}

/// A chunk whose checksum has one wrong bit.
std::string damaged(std::string chunk) {
  chunk.back() = static_cast<char>(chunk.back() ^ 1);
  return chunk;
}

/// A palette image of indices 0, 1, 2, 255 in each row.
std::string palette_png(const std::string& chunks) {
  std::string rows;
  for (int y = 0; y < 4; ++y) {
    rows += bytes_of({0, 0, 1, 2, 255});
  }
  return kPngStart + png_header(4, 4, 8, 3) + chunks + png_chunk("IDAT", stored(rows)) + kPngEnd;
}

std::string adam7_of_nothing(int color, int depth, const std::string& rows) {
  return kPngStart + png_header(4, 4, depth, color, 0, 0, 1) + png_chunk("IDAT", stored(rows)) + kPngEnd;
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

std::string without(std::string text, char c) {
  std::erase(text, c);
  return text;
}

const std::string kRgbPair = bytes_of({10, 20, 30, 40, 50, 60});

std::vector<Case> header_cases() {
  return {
      {"P01 empty", "", "MAGIC"},
      {"P01 signature only", kPngStart, "TRUNC"},
      {"P02 without carriage returns", without(tiny_png(), '\r'), "MAGIC"},
      {"P07 wrong checksum of the header", with_header(damaged(png_header(4, 4, 8, 0))), "CORRUPT"},
      {"P09 unknown critical chunk", tiny_png(png_chunk("ABCD", "x")), "UNSUP"},
      {"P09 unknown critical chunk, last letter", tiny_png(png_chunk("ZBCD", "x")), "UNSUP"},
      {"P10 width 0", with_header(png_header(0, 4, 8, 0)), "HEADER"},
      {"P10 height 0", with_header(png_header(4, 0, 8, 0)), "HEADER"},
      {"P11 width 2^31", with_header(png_header(0x80000000, 4, 8, 0)), "HEADER"},
      {"P11 height 2^31", with_header(png_header(4, 0x80000000, 8, 0)), "HEADER"},
      {"P12 long side", with_header(png_header(1'000'001, 1, 1, 0)), "LIMIT"},
      {"P13 two gigapixels", with_header(png_header(46000, 46000, 1, 0)), "LIMIT"},
      {"P15 depth 3", with_header(png_header(4, 4, 3, 0)), "HEADER"},
      {"P16 color type 5", with_header(png_header(4, 4, 8, 5)), "HEADER"},
      {"P17 RGB at depth 4", with_header(png_header(4, 4, 4, 2)), "HEADER"},
      {"P18 compression 1", with_header(png_header(4, 4, 8, 0, 1)), "HEADER"},
      {"P18 filter 1", with_header(png_header(4, 4, 8, 0, 0, 1)), "HEADER"},
      {"P19 interlace 2", with_header(png_header(4, 4, 8, 0, 0, 0, 2)), "HEADER"},
      {"P31 no data", kPngStart + png_header(4, 4, 8, 0) + kPngEnd, "HEADER"},
      {"P32 two headers", tiny_png(png_header(4, 4, 8, 0)), "HEADER"},
      {"P33 length FFFFFFFF", tiny_png(std::string("\xff\xff\xff\xfftEXt")), "HEADER"},
      {"P34 length 7FFFFFFF", tiny_png(std::string("\x7f\xff\xff\xfftEXt")), "TRUNC"},
      {"no header first", kPngStart + png_chunk("tEXt", "x") + tiny_png().substr(8), "HEADER"},
      {"header of 12 bytes", kPngStart + png_chunk("IHDR", std::string(12, '\1')) + kPngEnd, "HEADER"},
      {"PngSuite xc9: color type 9", with_header(png_header(4, 4, 8, 9)), "HEADER"},
      {"PngSuite xd9: depth 99", with_header(png_header(4, 4, 99, 2)), "HEADER"},
      {"PngSuite xs: wrong signature", "\x89PNGx\n\x1a\n" + tiny_png().substr(8), "MAGIC"},
      {"P41 PngSuite xc1: color type 1", with_header(png_header(4, 4, 8, 1)), "HEADER"},
      {"P41 PngSuite xd0: depth 0", with_header(png_header(4, 4, 0, 2)), "HEADER"},
      {"P41 PngSuite x00: no sides", with_header(png_header(0, 0, 8, 0)), "HEADER"},
      {"P41 PngSuite xcr: carriage returns added", "\x89PNG\r\r\n\x1a\n" + tiny_png().substr(8), "MAGIC"},
      {"P41 PngSuite xlf: line feeds added", "\x89PNG\r\n\x1a\n\n" + tiny_png().substr(8), "HEADER"},
      {"type with a bracket", tiny_png(png_chunk("t[Xt", "")), "HEADER"},
      {"type with a brace", tiny_png(png_chunk("t{Xt", "")), "HEADER"},
      {"type with an at sign", tiny_png(png_chunk("t@Xt", "")), "HEADER"},
      {"type that is no text", tiny_png(png_chunk("t\1Xt", "")), "HEADER"},
  };
}

std::vector<Case> data_cases() {
  const std::string rows = grey_rows(4, 4);
  const std::string stream = stored(rows);
  const std::string idat = png_chunk("IDAT", stream);
  const std::string start = kPngStart + png_header(4, 4, 8, 0);
  std::string bad_filter = rows;
  bad_filter[5] = '\5';
  return {
      {"P03 cut in the data", start + idat.substr(0, 12), "TRUNC"},
      {"P04 no end chunk", tiny_png("", ""), "OK warned"},
      {"P05 cut in the checksum", start + idat.substr(0, idat.size() - 2), "OK warned"},
      {"P05 cut before the checksum", start + idat.substr(0, idat.size() - 4), "OK warned"},
      {"P06 wrong checksum of the data", start + damaged(idat) + kPngEnd, "CORRUPT"},
      {"P08 wrong checksum of a text", tiny_png(damaged(png_chunk("tEXt", "a\0b"))), "OK"},
      {"P20 row filter 5", with_data(stored(bad_filter)), "CORRUPT"},
      {"P21 half of the rows", with_data(stored(grey_rows(4, 2))), "TRUNC"},
      {"P22 twice the rows", with_data(stored(grey_rows(4, 8))), "OK warned"},
      {"P23 zlib header 0000", with_data(std::string(2, '\0') + stream.substr(2)), "CORRUPT"},
      {"P24 wrong Adler sum", with_data(stream.substr(0, stream.size() - 1) + "\1"), "CORRUPT"},
      {"P25 preset dictionary", with_data(bytes_of({0x78, 0x20}) + stream.substr(2)), "CORRUPT"},
      {"stream without its end", with_data(stream.substr(0, stream.size() - 4)), "TRUNC"},
      {"P35 texts and profiles that are none",
       tiny_png(repeated(png_chunk("zTXt", std::string("a\0\0", 3) + std::string(100'000, 'x')), 100) +
                png_chunk("iCCP", std::string("a\0\0", 3) + std::string(1000, 'x'))),
       "OK"},
      {"P36 100,000 texts", tiny_png(repeated(png_chunk("tEXt", std::string("a\0b", 3)), 100'000)), "OK"},
      {"P40 an animation's first image",
       tiny_png(png_chunk("acTL", bytes_of({0, 0, 0, 2, 0, 0, 0, 0})) +
                png_chunk("fcTL", std::string(26, '\0'))),
       "OK"},
      {"data in several chunks",
       start + png_chunk("IDAT", stream.substr(0, 9)) + png_chunk("IDAT", "") +
           png_chunk("IDAT", stream.substr(9)) + kPngEnd,
       "OK"},
      {"data in two places",
       start + png_chunk("IDAT", stream.substr(0, 9)) + png_chunk("tEXt", "x") +
           png_chunk("IDAT", stream.substr(9)) + kPngEnd,
       "TRUNC"},
      {"data after the whole image", tiny_png("", png_chunk("tEXt", "x") + idat + kPngEnd), "OK warned"},
      {"garbage after the data", tiny_png("", std::string(40, '\xff')), "OK warned"},
      {"cut in a text after the data", tiny_png("", png_chunk("tEXt", "text").substr(0, 10)), "OK warned"},
      {"interlaced, too few rows", adam7_of_nothing(0, 8, std::string(3, '\0')), "TRUNC"},
      {"tiny", tiny_png(), "OK"},
  };
}

std::vector<Case> palette_cases() {
  const std::string plte = png_chunk("PLTE", kRgbPair);
  return {
      {"P26 no palette", palette_png(""), "HEADER"},
      {"P27 index beyond the palette", palette_png(plte), "OK"},
      {"P28 palette of 4 bytes", palette_png(png_chunk("PLTE", "abcd")), "HEADER"},
      {"P28 palette of 771 bytes", palette_png(png_chunk("PLTE", std::string(771, 'x'))), "HEADER"},
      {"P28 palette of 0 bytes", palette_png(png_chunk("PLTE", "")), "HEADER"},
      {"P29 more alphas than colours", palette_png(plte + png_chunk("tRNS", "abc")), "OK warned"},
      {"P29 300 alphas", palette_png(plte + png_chunk("tRNS", std::string(300, 'x'))), "OK warned"},
      {"P30 grey transparency of 1 byte", tiny_png(png_chunk("tRNS", "x")), "OK warned"},
      {"palette behind the data",
       kPngStart + png_header(4, 4, 8, 3) + png_chunk("IDAT", stored(grey_rows(4, 4))) + plte + kPngEnd,
       "HEADER"},
      {"transparency where there is alpha",
       kPngStart + png_header(4, 4, 8, 4) + png_chunk("tRNS", "abcdef") +
           png_chunk("IDAT", stored(grey_rows(8, 4))) + kPngEnd,
       "OK warned"},
      {"two palettes", palette_png(plte + plte), "HEADER"},
      {"wrong checksum of the palette", palette_png(damaged(plte)), "CORRUPT"},
      {"palette of a grey image", tiny_png(plte), "OK"},
  };
}

}  // namespace

TEST_CASE("png: every malformed file gets the expected verdict", "[image][error]") {
  for (const std::vector<Case>& cases : {header_cases(), data_cases(), palette_cases()}) {
    for (const Case& c : cases) {
      const Verdict verdict = judge(c.file);
      INFO(c.name << ": " << verdict.message);
      CHECK(verdict.word == c.verdict);
    }
  }
}

TEST_CASE("png: accepted defects do not change the pixels", "[image][property]") {
  std::vector<std::uint8_t> expected;
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) {
      expected.insert(expected.end(), 3, static_cast<std::uint8_t>(17 * x + 31 * y));
    }
  }
  const std::string idat = png_chunk("IDAT", stored(grey_rows(4, 4)));
  const std::string start = kPngStart + png_header(4, 4, 8, 0);
  CHECK(judge(tiny_png()).image.pixels == expected);
  CHECK(judge(tiny_png("", "")).image.pixels == expected);
  CHECK(judge(start + idat.substr(0, idat.size() - 3)).image.pixels == expected);
  CHECK(judge(with_data(stored(grey_rows(4, 8)))).image.pixels == expected);
  CHECK(judge(tiny_png(png_chunk("tRNS", "x"))).image.pixels == expected);
}

TEST_CASE("png: wrong checksums are accepted on request, and nothing else is", "[image][error]") {
  ImageLimits lenient;
  lenient.checksums = false;
  const std::string stream = stored(grey_rows(4, 4));
  const std::string header = png_header(4, 4, 8, 0);
  const std::string idat = png_chunk("IDAT", stream);
  const std::string plte = png_chunk("PLTE", kRgbPair);
  const std::string palette = judge(palette_png(plte)).word;
  const std::vector<Case> cases = {
      {"header", kPngStart + damaged(header) + idat + kPngEnd, "OK warned"},
      {"data", kPngStart + header + damaged(idat) + kPngEnd, "OK warned"},
#ifdef PNG_IGNORE_ADLER32  // Ubuntu's libpng is built without the option
      {"Adler sum", with_data(stream.substr(0, stream.size() - 1) + "\1"), "OK"},
#endif
      {"palette", palette_png(damaged(plte)), palette + " warned"},
      {"half of the rows", with_data(stored(grey_rows(4, 2))), "TRUNC"},
      {"zlib header 0000", with_data(std::string(2, '\0') + stream.substr(2)), "CORRUPT"},
  };
  for (const Case& c : cases) {
    const Verdict verdict = judge(c.file, lenient);
    INFO(c.name << ": " << verdict.message);
    CHECK(verdict.word == c.verdict);
    if (!verdict.word.starts_with("OK")) continue;
    CHECK(judge(c.file).word == "CORRUPT");
    const std::string whole = c.name == "palette" ? palette_png(plte) : tiny_png();
    CHECK(verdict.image.pixels == judge(whole).image.pixels);
  }
}

TEST_CASE("png: indices beyond the palette are black", "[image][error]") {
  const Image image = judge(palette_png(png_chunk("PLTE", kRgbPair))).image;
  REQUIRE(image.pixels.size() == 48);
  CHECK(std::vector<int>(image.pixels.begin(), image.pixels.begin() + 12) ==
        std::vector<int>{10, 20, 30, 40, 50, 60, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("png: a truncated file is rejected, or complete", "[image][error]") {
  const std::string name =
      GENERATE(as<std::string>{}, "png-2-8.png", "png-3-4-interlaced.png", "png-6-16.png");
  const std::string file = golden_image(name);
  const std::vector<std::uint8_t> pixels = judge(file).image.pixels;
  for (std::size_t size = 8; size < file.size(); ++size) {
    const Verdict verdict = judge(file.substr(0, size));
    INFO(name << " cut to " << size << ": " << verdict.message);
    const std::size_t missing = file.size() - size;
    const bool image_is_complete = missing <= 16;  // the end chunk and the last checksum
    CHECK(verdict.word == (missing <= 4 ? "OK" : image_is_complete ? "OK warned" : "TRUNC"));
    CHECK((!image_is_complete || verdict.image.pixels == pixels));
  }
}

TEST_CASE("png: an interlaced image is held in memory as a whole, within the limit", "[image][error]") {
  ImageLimits limits;
  limits.max_decoder_memory = 3 * 81 - 1;
  CHECK(judge(golden_image("png-adam7-9.png"), limits).word == "LIMIT");
  limits.max_decoder_memory += 1;
  CHECK(judge(golden_image("png-adam7-9.png"), limits).word == "OK");
}

TEST_CASE("png: a 16-bit grey ramp keeps its 256 levels", "[image]") {
  std::string rows;
  for (int y = 0; y < 256; ++y) {
    rows += bytes_of({0, y, 255 - y});
  }
  const Image image =
      judge(kPngStart + png_header(1, 256, 16, 0) + png_chunk("IDAT", stored(rows)) + kPngEnd).image;
  REQUIRE(image.pixels.size() == 768);
  for (std::size_t y = 0; y < 256; ++y) {
    CHECK(image.pixels[3 * y] == y);  // P38
  }
}
