#include "sightline/image/codec.h"

#include <string>

#include "picture_bytes.h"
#include "sightline/image/formats.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("codecs: the content decides, whatever stands behind it", "[image]") {
  const std::string jpeg = golden_picture("jpeg-420.jpg");
  const std::string png = golden_picture("png-2-8.png");
  CHECK(codec_of(as_bytes(jpeg)).name() == "jpeg");
  CHECK(codec_of(as_bytes(png)).name() == "png");
  CHECK(readable_formats() == "JPEG and PNG");
}

TEST_CASE("codecs: other formats are named in the message", "[image][error]") {
  const auto [bytes, words] = GENERATE(table<std::string, std::string>({
      {"GIF89a....", "is a GIF image; this build reads JPEG and PNG"},
      {"RIFF1234WEBPVP8 ", "is a WebP image; this build reads JPEG and PNG"},
      {"BM123456", "is a BMP image"},
      {std::string("II*\0....", 8), "is a TIFF image"},
      {std::string("\0\0\0\x1c"
                   "ftypavif",
                   12),
       "is an AVIF image"},
      {std::string("\0\0\0\x18"
                   "ftypheic",
                   12),
       "is a HEIC image"},
      {"%PDF-1.7", "is a PDF document"},
      {"  <!DOCTYPE HTML PUBLIC><html>", "is an HTML page, perhaps a server's error"},
      {"<?xml version='1.0'?><svg>", "is an SVG image"},
      {"<Error><Code>NoSuchKey</Code></Error>", "is an XML or HTML text"},
      {"version https://git-lfs.github.com/spec/v1\n",
       "is a git-lfs pointer, not the file itself (run 'git lfs pull')"},
      {"\x89PNG\n\x1a\n", "is a PNG image whose signature a text-mode transfer has damaged"},
      {"\n\xff\xd8\xff\xe0", "is a JPEG image with blanks before it"},
      {"", "image: is empty"},
      {"hello", "is no image of a known format"},
      {"   ", "is no image of a known format"},
  }));
  const Verdict verdict = judge(bytes);
  CHECK(verdict.word == "MAGIC");
  CHECK_THAT(verdict.message, Contains(words.c_str()));
}

TEST_CASE("codecs: a file above the byte limit is refused unread", "[image][error]") {
  ImageLimits limits;
  limits.max_bytes = 100;
  const Verdict verdict = judge(golden_picture("png-2-8.png"), limits);
  CHECK(verdict.word == "LIMIT");
  CHECK_THAT(verdict.message, Contains("expected at most 100"));
}

TEST_CASE("codecs: pixels are limited from the header alone", "[image][error]") {
  ImageLimits limits;
  limits.max_pixels = 45 * 37 - 1;
  CHECK(judge(golden_picture("jpeg-420.jpg"), limits).word == "LIMIT");
  limits.max_pixels = 45 * 37;
  CHECK(judge(golden_picture("jpeg-420.jpg"), limits).word == "OK");
  limits.max_side = 44;
  CHECK(judge(golden_picture("jpeg-420.jpg"), limits).word == "LIMIT");
}
