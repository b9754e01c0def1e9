// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/codec.h"

#include <algorithm>
#include <string>

#include "image_bytes.h"
#include "sightline/image/formats.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("codecs: the first bytes decide, regardless of the rest", "[image]") {
  const std::string jpeg = golden_image("jpeg-420.jpg");
  const std::string png = golden_image("png-2-8.png");
  CHECK(codec_of(as_bytes(jpeg)).name() == "jpeg");
  CHECK(codec_of(as_bytes(png)).name() == "png");
  for (const ImageFormat& format : image_formats()) {
    const bool listed = readable_formats().find(format.name) != std::string::npos;
    CHECK(listed == (format.codec != nullptr));
    CHECK((format.codec == nullptr) == (!format.library.empty() && format.version == nullptr));
    if (format.version != nullptr) {
      CHECK(format.version().find_first_not_of("0123456789.") == std::string::npos);
    }
  }
}

TEST_CASE("codecs: other formats are named in the message", "[image][error]") {
  const auto [bytes, words] = GENERATE(table<std::string, std::string>({
      {"GIF88a....", "is a GIF image of an unknown version (this build reads " + readable_formats() + ")"},
      {"%PDF-1.7", "is a PDF document"},
      {"  <!DOCTYPE HTML PUBLIC><html>", "is an HTML page, perhaps a server's error message"},
      {"<?xml version='1.0'?><svg>", "is an SVG image"},
      {"<Error><Code>NoSuchKey</Code></Error>", "is an XML or HTML file"},
      {"version https://git-lfs.github.com/spec/v1\n",
       "is a Git LFS pointer, not the file itself (run 'git lfs pull')"},
      {"\x89PNG\n\x1a\n", "is a PNG image whose signature a text-mode transfer has damaged"},
      {"\n\xff\xd8\xff\xe0", "is a JPEG image preceded by white space"},
      {"", "image: is empty"},
      {"hello", "unrecognised image format"},
      {"   ", "unrecognised image format"},
  }));
  const Verdict verdict = judge(bytes);
  CHECK(verdict.word == "MAGIC");
  CHECK_THAT(verdict.message, Contains(words.c_str()));
}

TEST_CASE("codecs: a format whose library is not available is reported with the library", "[image][error]") {
  const auto ftyp = [](const std::string& brands) {
    return big_endian(static_cast<std::uint32_t>(8 + brands.size()), 4) + "ftyp" + brands;
  };
  const auto [bytes, name] = GENERATE_COPY(table<std::string, std::string>({
      {ftyp("avif" + std::string(4, '\0') + "avifmif1"), "AVIF"},
      {ftyp("mif1" + std::string(4, '\0') + "mif1avif"), "AVIF"},
      {ftyp("msf1" + std::string(4, '\0') + "avis"), "AVIF"},
      {ftyp("heic" + std::string(4, '\0') + "mif1heic"), "HEIC"},
      {ftyp("hevc" + std::string(4, '\0') + "msf1hevc"), "HEIC"},
      {ftyp("mif1" + std::string(4, '\0') + "mif1heic"), "HEIC"},
      {ftyp("mif1" + std::string(4, '\0') + "mif1"), "HEIC"},
      {"RIFF" + bytes_of({12, 0, 0, 0}) + "WEBPVP8 " + std::string(4, '\0'), "WebP"},
  }));
  INFO(bytes);
  const Verdict verdict = judge(bytes);
  CHECK(verdict.word != "MAGIC");
  CHECK_THAT(verdict.message, Contains(name + ": "));
  const auto format = std::find_if(image_formats().begin(), image_formats().end(),
                                   [&wanted = name](const ImageFormat& f) { return f.name == wanted; });
  REQUIRE(format != image_formats().end());
  if (format->codec == nullptr) {
    CHECK(verdict.word == "UNSUP");
    CHECK(verdict.message == name + ": not supported by this build: " + std::string(format->library) +
                                 " was not available when it was compiled");
  }
}

TEST_CASE("codecs: other files of the AVIF and HEIC family are rejected", "[image][error]") {
  const std::string video = std::string("\0\0\0\x18", 4) + "ftypisom" + std::string(4, '\0') + "avifheic";
  CHECK(judge(video).word == "MAGIC");
  CHECK_THAT(judge(video).message, Contains("is an MP4 or QuickTime file"));
}

TEST_CASE("codecs: a file above the byte limit is rejected unread", "[image][error]") {
  ImageLimits limits;
  limits.max_bytes = 100;
  const Verdict verdict = judge(golden_image("png-2-8.png"), limits);
  CHECK(verdict.word == "LIMIT");
  CHECK_THAT(verdict.message, Contains("expected at most 100"));
}

TEST_CASE("codecs: pixels are limited by the header alone", "[image][error]") {
  ImageLimits limits;
  limits.max_pixels = 45 * 37 - 1;
  CHECK(judge(golden_image("jpeg-420.jpg"), limits).word == "LIMIT");
  limits.max_pixels = 45 * 37;
  CHECK(judge(golden_image("jpeg-420.jpg"), limits).word == "OK");
  limits.max_side = 44;
  CHECK(judge(golden_image("jpeg-420.jpg"), limits).word == "LIMIT");
}
