// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "image_bytes.h"
#include "sightline/image/formats.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

struct TiffEntry {
  int tag;
  int type;  // 3: short, 4: long
  std::uint32_t count;
  std::uint32_t value;
};

/// Little-endian: header, pixels at 8, then the directory.
std::string tiff(std::vector<TiffEntry> entries, const std::string& pixels = std::string(12, '\x55')) {
  const auto number = [](std::uint32_t value, int size) {
    const std::string big = big_endian(value, size);
    return std::string(big.rbegin(), big.rend());
  };
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.tag < b.tag; });
  std::string file = std::string("II*\0", 4) + number(static_cast<std::uint32_t>(8 + pixels.size()), 4) +
                     pixels + number(static_cast<std::uint32_t>(entries.size()), 2);
  for (const TiffEntry& e : entries) {
    file += number(static_cast<std::uint32_t>(e.tag), 2) + number(static_cast<std::uint32_t>(e.type), 2) +
            number(e.count, 4) + number(e.value, 4);
  }
  return file + number(0, 4);
}

/// A grey 4x3 image in one strip, with additional or replaced entries.
std::vector<TiffEntry> grey(const std::vector<TiffEntry>& changes = {}) {
  std::vector<TiffEntry> entries = {{256, 3, 1, 4}, {257, 3, 1, 3}, {258, 3, 1, 8},
                                    {259, 3, 1, 1}, {262, 3, 1, 1}, {273, 4, 1, 8},
                                    {277, 3, 1, 1}, {278, 4, 1, 3}, {279, 4, 1, 12}};
  for (const TiffEntry& change : changes) {
    std::erase_if(entries, [&](const TiffEntry& e) { return e.tag == change.tag; });
    entries.push_back(change);
  }
  return entries;
}

bool can_read_tiff() { return readable_formats().find("TIFF") != std::string::npos; }

}  // namespace

TEST_CASE("tiff: a build without libtiff names the library", "[image][error]") {
  const Verdict verdict = judge(tiff(grey()));
  if (can_read_tiff()) {
    CHECK(verdict.word == "OK");
  } else {
    CHECK(verdict.word == "UNSUP");
    CHECK_THAT(verdict.message, Contains("libtiff was not available when it was compiled"));
  }
}

TEST_CASE("tiff: sizes and chunks are limited before anything is allocated", "[image][error]") {
  if (!can_read_tiff()) return skip("this build does not read TIFF");
  const auto word = [](const std::vector<TiffEntry>& changes) { return judge(tiff(grey(changes))).word; };
  CHECK(word({{256, 4, 1, 65501}}) == "LIMIT");
  CHECK(word({{256, 4, 1, 0xffffffff}}) == "HEADER");
  CHECK(word({{256, 4, 1, 0}}) == "HEADER");
  CHECK(word({{257, 4, 1, 0}}) == "HEADER");
  CHECK(word({{256, 4, 1, 30000}, {257, 4, 1, 30000}}) == "LIMIT");
  CHECK(word({{256, 4, 1, 13000}, {257, 4, 1, 13000}, {278, 4, 1, 13000}}) == "TRUNC");
  CHECK(word({{278, 4, 1, 0}}) == "HEADER");
  // Very many chunks: strips of one row, tiles of one pixel, and offsets beyond the file.
  CHECK(word({{256, 4, 1, 1}, {257, 4, 1, 65000}, {277, 3, 1, 3}, {284, 3, 1, 2}, {278, 4, 1, 1}}) ==
        "LIMIT");
  CHECK(word({{273, 4, 1000000000, 8}}) == "HEADER");
  const std::vector<TiffEntry> tiled = {
      {256, 4, 1, 60000}, {257, 4, 1, 2}, {322, 3, 1, 1}, {323, 3, 1, 1}, {324, 4, 1, 8}};
  std::vector<TiffEntry> entries = grey(tiled);
  std::erase_if(entries, [](const TiffEntry& e) { return e.tag == 273; });
  CHECK(judge(tiff(entries)).word == "LIMIT");
  // A tile of more pixels than any image may have, and one beyond the decoder's memory limit.
  std::erase_if(entries, [](const TiffEntry& e) { return e.tag >= 322 || e.tag == 256; });
  entries.insert(entries.end(), {{256, 3, 1, 4}, {322, 4, 1, 60000}, {323, 4, 1, 60000}, {324, 4, 1, 8}});
  CHECK(judge(tiff(entries)).word == "LIMIT");
  std::erase_if(entries, [](const TiffEntry& e) { return e.tag == 322 || e.tag == 323; });
  entries.insert(entries.end(), {{322, 4, 1, 4096}, {323, 4, 1, 4096}});
  ImageLimits limits;
  limits.max_decoder_memory = 1'000'000;
  CHECK(judge(tiff(entries), limits).word == "LIMIT");
  // Many tiles that are almost entirely outside the image and share the same bytes.
  std::erase_if(entries, [](const TiffEntry& e) {
    return e.tag == 256 || e.tag == 257 || e.tag == 259 || (e.tag >= 322 && e.tag <= 324);
  });
  std::string offsets;
  for (int i = 0; i < 4094; ++i) {
    offsets += std::string("\x08\0\0\0", 4);
  }
  entries.insert(entries.end(), {{256, 3, 1, 1},
                                 {257, 4, 1, 65500},
                                 {259, 3, 1, 8},
                                 {322, 4, 1, 65488},
                                 {323, 4, 1, 16},
                                 {324, 4, 4094, 8}});
  const Verdict many = judge(tiff(entries, offsets));
  CHECK(many.word == "LIMIT");
  CHECK_THAT(many.message, Contains("has tiles of 4289725952 bytes in all, expected at most 4000000000"));
}

TEST_CASE("tiff: invalid directory offsets", "[image][error]") {
  if (!can_read_tiff()) return skip("this build does not read TIFF");
  const std::string good = tiff(grey());
  std::string circle = good;  // the next directory is this one again, but it is never read
  circle.replace(circle.size() - 4, 4, good.substr(4, 4));
  CHECK(judge(circle).word == "OK");
  for (const std::string offset : {"\xff\xff\xff\xff", "\xff\0\0\0"}) {
    std::string away = good;
    away.replace(4, 4, std::string(offset.data(), 4));
    CHECK(judge(away).word == "TRUNC");
  }
  // The header itself read as a directory of 18,761 entries.
  std::string itself = good;
  itself.replace(4, 4, std::string(4, '\0'));
  CHECK(judge(itself).word == "TRUNC");
  CHECK(judge(std::string("II+\0\x08\0\0\0", 8) + std::string(8, '\xff')).word == "TRUNC");
  CHECK(judge(std::string("II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 24)).word ==
        "HEADER");
  // A value beyond the file ends the directory, as in Pillow, with a warning.
  const Verdict lost = judge(tiff(grey({{305, 2, 9, 500}})));
  CHECK(lost.word == "OK warned");
  CHECK_THAT(lost.message, Contains("ends before the value of tag 305"));
  CHECK(judge(tiff(grey({{254, 4, 9, 140}}))).word == "TRUNC");
}

TEST_CASE("tiff: unsupported files are reported by name", "[image][error]") {
  if (!can_read_tiff()) return skip("this build does not read TIFF");
  const auto [changes, word, words] = GENERATE(table<std::vector<TiffEntry>, std::string, std::string>({
      {{{259, 3, 1, 6}}, "UNSUP", "is compressed with old-style JPEG"},
      {{{259, 3, 1, 50001}}, "UNSUP", "is compressed with WebP"},
      {{{259, 3, 1, 34712}}, "UNSUP", "is compressed with JPEG 2000"},
      {{{259, 3, 1, 77}}, "UNSUP", "is compressed with method 77"},
      {{{262, 3, 1, 8}, {277, 3, 1, 3}}, "UNSUP", "has CIELAB pixels"},
      {{{262, 3, 1, 32844}}, "UNSUP", "has unsupported colours of kind 32844"},
      {{{262, 3, 1, 6}, {277, 3, 1, 3}, {259, 3, 1, 5}}, "UNSUP", "has YCbCr pixels compressed with LZW"},
      {{{262, 3, 1, 6}, {277, 3, 1, 3}, {530, 3, 2, 0x00020002}}, "UNSUP", "has YCbCr pixels of 3 samples"},
      {{{258, 3, 1, 3}}, "UNSUP", "has grey pixels of 1 samples of 3 bits"},
      {{{258, 3, 1, 64}, {339, 3, 1, 3}}, "UNSUP", "of 1 floating-point samples of 64 bits"},
      {{{277, 3, 1, 7}}, "UNSUP", "has 7 samples per pixel"},
      {{{277, 3, 1, 0}}, "UNSUP", "has 0 samples per pixel"},
      {{{277, 3, 1, 2}}, "UNSUP", "has grey pixels of 2 samples"},
      {{{277, 3, 1, 2}, {338, 3, 1, 1}}, "UNSUP", "an extra one of kind 1"},
      {{{262, 3, 1, 3}}, "HEADER", "has no tag 320"},
      {{{284, 3, 1, 3}}, "HEADER", "has planar configuration 3"},
      {{{266, 3, 1, 3}}, "HEADER", "has fill order 3"},
      {{{256, 2, 1, 4}}, "HEADER", "has a tag 256 of type 2"},
      {{{278, 4, 1, 1}}, "HEADER", "has 1 strips, expected 3"},
      {{{273, 4, 1, 900}}, "TRUNC", "inside its pixels"},
      {{{259, 3, 1, 5}}, "CORRUPT", "cannot be decoded"},
      {{{259, 3, 1, 8}}, "CORRUPT", "cannot be decoded"},
      {{{259, 3, 1, 7}}, "CORRUPT", "cannot be decoded"},
  }));
  const Verdict verdict = judge(tiff(grey(changes)));
  INFO(verdict.message);
  CHECK(verdict.word == word);
  CHECK_THAT(verdict.message, Contains(words.c_str()));
}

TEST_CASE("tiff: the orientation is part of the format, with and without exif", "[image]") {
  if (!can_read_tiff()) return skip("this build does not read TIFF");
  PixelPipeline p;
  p.resize = ResizeMode::none;
  p.crop = false;
  for (const bool exif : {false, true}) {
    p.exif = exif;
    const std::string file = tiff(grey({{274, 3, 1, 6}}));
    const Image image = load_pixels(as_bytes(file), p, {}, nullptr);
    CHECK(image.height == 4);
    CHECK(image.width == 3);
  }
}
