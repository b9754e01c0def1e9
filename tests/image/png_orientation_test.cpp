// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/png_orientation.h"

#include <string>
#include <utility>
#include <vector>

#include "image_bytes.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const std::string kProfile = "Raw profile type exif";
const std::string kXmp = "XML:com.adobe.xmp";
constexpr char kNul = '\0';

std::string exif(int value) {
  return std::string("MM\0*\0\0\0\x08\0\1", 10) + bytes_of({1, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0});
}

std::string profile(const std::string& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\nexif\n      " + std::to_string(bytes.size()) + "\n";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
    text += i % 36 == 35 ? "\n" : "";
  }
  return text + "\n";
}

std::string profile(int value) { return profile(std::string("Exif\0\0", 6) + exif(value)); }

using Chunks = std::vector<std::pair<std::string, std::string>>;

int of(const Chunks& chunks) {
  PngOrientation orientation;
  for (const auto& [type, data] : chunks) {
    orientation.take(type, as_bytes(data));
  }
  return orientation.value().value;
}

std::string text(const std::string& keyword, const std::string& value) { return keyword + kNul + value; }
std::string packed(const std::string& keyword, const std::string& value) {
  return keyword + kNul + kNul + stored(value);
}
std::string international(const std::string& keyword, const std::string& value, bool compressed) {
  return keyword + kNul + (compressed ? '\1' : kNul) + kNul + "en" + kNul + "word" + kNul +
         (compressed ? stored(value) : value);
}

}  // namespace

TEST_CASE("orientation: EXIF data that ImageMagick stores as text", "[image]") {
  for (int value = 1; value <= 8; ++value) {
    CHECK(of({{"tEXt", text(kProfile, profile(value))}}) == value);
    CHECK(of({{"zTXt", packed(kProfile, profile(value))}}) == value);
    CHECK(of({{"iTXt", international(kProfile, profile(value), false)}}) == value);
    CHECK(of({{"iTXt", international(kProfile, profile(value), true)}}) == value);
  }
  CHECK(of({{"tEXt", text(kProfile, profile(exif(6)))}}) == 6);
}

TEST_CASE(
    "orientation: an eXIf chunk takes precedence over a profile, and a profile over XMP; the last of each "
    "counts",
    "[image]") {
  const std::string xmp = "<x tiff:Orientation=\"8\"/>";
  const std::string three = text(kProfile, profile(3)), six = text(kProfile, profile(6));
  CHECK(of({{"eXIf", exif(3)}, {"tEXt", six}}) == 3);
  CHECK(of({{"tEXt", six}, {"eXIf", exif(3)}}) == 3);
  CHECK(of({{"tEXt", six}, {"tEXt", three}}) == 3);
  CHECK(of({{"tEXt", three}, {"iTXt", international(kXmp, xmp, false)}}) == 3);
  CHECK(of({{"iTXt", international(kXmp, xmp, false)}}) == 8);
  CHECK(of({{"iTXt", international(kXmp, xmp, true)}}) == 8);
  CHECK(of({{"zTXt", packed(kXmp, xmp)}}) == 8);
  CHECK(of({{"tEXt", text(kXmp, xmp)}}) == 8);
  CHECK(of({{"tEXt", text("Comment", xmp)}, {"tEXt", text("Raw profile type xmp", profile(6))}}) == 1);
}

TEST_CASE("orientation: unreadable texts are ignored", "[image][error]") {
  const std::string whole = packed(kProfile, profile(6));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(of({{"zTXt", whole.substr(0, size)}}) == 1);
  }
  const std::string plain = international(kProfile, "", false);
  for (std::size_t size = 0; size < plain.size(); ++size) {
    CHECK(of({{"iTXt", plain.substr(0, size)}}) == 1);
  }
  CHECK(of({{"zTXt", kProfile + kNul + '\1' + stored(profile(6))}}) == 1);  // an unknown method
  CHECK(of({{"tEXt", text(kProfile, profile(6) + "zz")}}) == 1);
  CHECK(of({{"tEXt", text(kProfile, profile(6) + "0")}}) == 1);
  CHECK(of({{"tEXt", text(kProfile, "4d4d")}}) == 1);
}

TEST_CASE("orientation: unreadable EXIF data of a PNG is a warning, and XMP is not used instead",
          "[image][error]") {
  const std::string xmp = png_chunk("iTXt", international(kXmp, "<x tiff:Orientation=\"6\"/>", false));
  CHECK(judge(tiny_png(xmp)).word == "OK");
  for (const std::string& chunk : {png_chunk("eXIf", "none"), png_chunk("tEXt", text("exif", "none")),
                                   png_chunk("tEXt", text(kProfile, "\n\n\nzz"))}) {
    const Verdict verdict = judge(tiny_png(xmp + chunk));
    CHECK(verdict.word == "OK warned");
    CHECK(verdict.message == "PNG: EXIF data is unreadable and ignored");
  }
  CHECK(of({{"iTXt", international(kXmp, "<x tiff:Orientation=\"6\"/>", false)}, {"eXIf", "none"}}) == 1);
  CHECK(of({{"tEXt", text("exif", exif(3))}}) == 3);  // not in the standard, but accepted by Pillow
}

TEST_CASE("orientation: a text that inflates to more than 1 MiB is ignored", "[image][error]") {
  // Newlines are allowed between and after the digits.
  const auto long_text = [](std::size_t size) {
    std::string value = profile(6);
    value.resize(size, '\n');
    return packed(kProfile, value);
  };
  CHECK(of({{"zTXt", long_text(1 << 20)}}) == 6);
  CHECK(of({{"zTXt", long_text((1 << 20) + 1)}}) == 1);
}
