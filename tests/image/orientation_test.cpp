// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/orientation.h"

#include <sstream>
#include <string>
#include <vector>

#include "image_bytes.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string little_exif(int type, int count, int value) {
  return std::string("II*\0\x08\0\0\0", 8) +
         bytes_of({1, 0, 0x12, 1, type, 0, count, 0, 0, 0, value, 0, 0, 0});
}

int of(const std::string& exif) { return read_exif_orientation(as_bytes(exif)).value; }

}  // namespace

TEST_CASE("orientation: is read in both byte orders and from every integer type", "[image]") {
  for (int value = 1; value <= 8; ++value) {
    for (const int type : {3, 4, 6, 8, 9, 13}) {
      CHECK(of(little_exif(type, 1, value)) == value);
    }
    CHECK(of(std::string("MM\0*\0\0\0\x08\0\1", 10) +
             bytes_of({1, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0})) == value);
  }
}

TEST_CASE("orientation: unusual EXIF blocks beside XMP are handled as in Pillow", "[image][golden]") {
  const auto unhexed = [](const std::string& text) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
      bytes.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
    }
    return bytes;
  };
  const std::vector<std::string> lines = read_lines(golden_path("image_raster/exif.tsv"));
  REQUIRE(lines.size() > 250);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::istringstream in(lines[i]);
    std::string exif, xmp, turn;
    in >> exif >> xmp >> turn;
    const std::string exif_bytes = unhexed(exif), xmp_bytes = unhexed(xmp);
    const ExifOrientation found = metadata_orientation(as_bytes(exif_bytes), as_bytes(xmp_bytes));
    INFO(lines[i]);
    CHECK(found.unreadable == (turn == "error"));
    CHECK(found.value == (turn == "error" ? 1 : std::stoi(turn)));
  }
}

TEST_CASE("orientation: malformed data means upright", "[image][error]") {
  CHECK(of("") == 1);
  CHECK(of("II*") == 1);
  CHECK(of(little_exif(3, 1, 0)) == 1);
  CHECK(of(little_exif(3, 1, 9)) == 1);
  CHECK(of(little_exif(3, 0, 6)) == 1);   // no value
  CHECK(of(little_exif(1, 1, 6)) == 1);   // bytes, which Pillow does not treat as numbers
  CHECK(of(little_exif(2, 1, 6)) == 1);   // text
  CHECK(of(little_exif(14, 1, 6)) == 1);  // no type
  CHECK(of(little_exif(3, 1, 6).substr(0, 21)) == 1);
  CHECK(of(std::string("II*\0\xff\xff\xff\xff", 8)) == 1);  // directory beyond the block
  CHECK(of(std::string("XX*\0\x08\0\0\0", 8)) == 1);
}

// Each as Pillow 13.0.0 reads it.
TEST_CASE("orientation: the first of several entries and of several values counts", "[image]") {
  const std::string head = std::string("II*\0\x08\0\0\0", 8) + bytes_of({3, 0});
  const std::string other = bytes_of({0x10, 1, 2, 0, 4, 0, 0, 0, 'a', 'b', 'c', 0});
  const auto entry = [](int value, int type = 3) {
    return bytes_of({0x12, 1, type, 0, 1, 0, 0, 0, value, 0, 0, 0});
  };
  CHECK(of(head + other + entry(3) + entry(6)) == 3);
  CHECK(of(head + entry(9) + entry(6) + other) == 1);
  CHECK(of(head + entry(3, 14) + entry(6) + other) == 6);  // an entry of no type counts as absent
  CHECK(of(little_exif(3, 2, 6)) == 6);
  // Outside the directory: three numbers at offset 26, a fraction, and the same truncated by a byte.
  CHECK(of(little_exif(3, 3, 26) + bytes_of({0, 0, 0, 0, 8, 0, 7, 0, 7, 0})) == 8);
  const std::string fraction = little_exif(5, 1, 26) + bytes_of({0, 0, 0, 0, 12, 0, 0, 0, 2, 0, 0, 0});
  CHECK(of(fraction) == 6);
  CHECK(of(fraction.substr(0, fraction.size() - 1)) == 1);
}

TEST_CASE("orientation: a truncated value ends the directory, one that is too large does not", "[image]") {
  const std::string head = std::string("II*\0\x08\0\0\0", 8) + bytes_of({2, 0});
  const std::string six = bytes_of({0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0});
  CHECK(of(head + bytes_of({0x0e, 1, 2, 0, 5, 0, 0, 0, 26, 0, 0, 0}) + six) == 6);
  CHECK(of(head + bytes_of({0x0e, 1, 2, 0, 9, 0, 0, 0, 26, 0, 0, 0}) + six) == 1);
  CHECK(of(head + bytes_of({0x0e, 1, 2, 0, 0, 0, 1, 0, 26, 0, 0, 0}) + six) == 6);
  // Once a tag has a value, later ones are ignored, even if truncated or too large.
  for (const int size : {20, 100}) {
    const std::string twice = bytes_of({0x31, 1, 3, 0, 1, 0, 0, 0, 7, 0, 0, 0}) +
                              bytes_of({0x31, 1, 1, 0, size, 0, 0, 0, 40, 0, 0, 0}) +
                              bytes_of({0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0});
    CHECK(of(std::string("II*\0\x08\0\0\0", 8) + bytes_of({3, 0}) + twice) == 6);
  }
}

TEST_CASE("orientation: unusual headers that Pillow accepts", "[image]") {
  const std::string entry = little_exif(3, 1, 6).substr(4);
  CHECK(of(std::string("II\0*", 4) + entry) == 6);
  CHECK(of(std::string("Exif\0\0II*\0", 10) + entry) == 6);
  CHECK(of(std::string("Exif\0\0Exif\0\0II*\0", 16) + entry) == 6);
  CHECK(of(std::string("MM*\0\0\0\0\x08\0\1", 10) + bytes_of({1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0})) == 8);
}

TEST_CASE("orientation: XMP in both spellings", "[image]") {
  const auto xmp = [](const std::string& text) { return xmp_orientation(as_bytes(text)); };
  CHECK(xmp("<x tiff:Orientation=\"6\"/>") == 6);
  CHECK(xmp("<tiff:Orientation>8</tiff:Orientation>") == 8);
  CHECK(xmp("tiff:Orientation tiff:Orientation=\"3\"") == 3);
  CHECK(xmp("tiff:Orientation=\"9\"") == 1);
  CHECK(xmp("tiff:Orientation=\"") == 1);
  CHECK(xmp("tiff:Orientation") == 1);
  CHECK(xmp("") == 1);
}

TEST_CASE("orientation: without exif the image stays as stored", "[image]") {
  PixelPipeline p;
  p.resize = ResizeMode::none;
  p.crop = false;
  const std::string file = golden_image("jpeg-exif-6.jpg");
  const Image turned = load_pixels(as_bytes(file), p, {}, nullptr);
  p.exif = false;
  const Image stored = load_pixels(as_bytes(file), p, {}, nullptr);
  REQUIRE(turned.width == stored.height);
  REQUIRE(turned.height == stored.width);
  const auto red = [](const Image& image, int y, int x) {
    return image.pixels[static_cast<std::size_t>(3 * (y * image.width + x))];
  };
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x) {
      REQUIRE(red(turned, y, x) == red(stored, stored.height - 1 - x, y));
    }
  }
}
