// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "image_bytes.h"
#include "sightline/image/jpeg_markers.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

struct Case {
  std::string name;
  std::string file;
  std::string verdict;
};

std::string half(const std::string& file) { return file.substr(0, file.size() / 2); }

/// `file` with its first frame header's field at `offset` (0: precision, 1-2: height, 3-4: width, 5:
/// components, 7: the first sampling factors) set to `value`.
std::string with_frame_byte(std::string file, std::size_t offset, int value) {
  std::size_t at = 2;
  while (static_cast<unsigned char>(file[at + 1]) != 0xc0) {
    at += jpeg_segment_size(file, at);
  }
  file[at + 4 + offset] = static_cast<char>(value);
  return file;
}

/// Progressive grey 256x256 in `scans` scans: DC, then one bit of one coefficient after another, all 0 by a
/// run of 1024 blocks.
std::string many_scans(int scans, int side) {
  std::string file = kSoi + jpeg_tables(0xa0) + jpeg_frame(0xc2, side, side);
  file += jpeg_scan(0, 0, 0) + std::string(128, '\0');
  for (int i = 0; i < scans - 1; ++i) {
    const int coefficient = 1 + i / 7;
    const int low = 6 - i % 7;
    const int high = low == 6 ? 0 : low + 1;
    file += jpeg_scan(coefficient, coefficient, high << 4 | low) + bytes_of({0x00, 0x1f});
  }
  return file + kEoi;
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

/// The stored data with one bit inverted, unless that creates a marker.
std::string flipped(std::string file) {
  std::size_t at = file.size() - 60;  // in the last scan
  const auto is_ff = [&](std::size_t i) { return static_cast<unsigned char>(file[i]) >= 0xfe; };
  while (is_ff(at - 1) || is_ff(at) || is_ff(at + 1)) {
    ++at;
  }
  file[at] = static_cast<char>(file[at] ^ 0x10);
  return file;
}

std::string exif_that_points_at_itself() {
  return jpeg_segment(0xe1, std::string("Exif\0\0II*\0\x08\0\0\0\1\0", 16) +
                                bytes_of({0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0}) +
                                bytes_of({8, 0, 0, 0}));
}

std::vector<Case> cases() {
  const std::string good = golden_image("jpeg-420.jpg");
  const std::string progressive = golden_image("jpeg-progressive-420.jpg");
  const std::string tiny = tiny_jpeg();
  return {
      {"J01 empty", "", "MAGIC"},
      {"J02 three bytes", "\xff\xd8\xff", "TRUNC"},
      {"J03 a page", "<!DOCTYPE html><html><body>404</body></html>", "MAGIC"},
      {"J04 git-lfs pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "MAGIC"},
      {"J05 cut in the header", good.substr(0, 100), "TRUNC"},
      {"J06 cut in the middle, baseline", half(good), "TRUNC"},
      {"J07 cut in the middle, progressive", half(progressive), "TRUNC"},
      {"J08 no end marker", good.substr(0, good.size() - 2), "TRUNC"},
      {"J09 end marker in the scan", good.substr(0, good.size() * 8 / 10) + kEoi, "OK warned"},
      {"J10 one bit, progressive", flipped(progressive), "OK warned"},
      {"J11 garbage behind the end", good + std::string(70, 'x'), "OK"},
      {"J12 a newline first", "\n" + good, "MAGIC"},
      {"J13 height 0", with_frame_byte(with_frame_byte(tiny, 1, 0), 2, 0), "UNSUP"},
      {"J14 width 0", with_frame_byte(with_frame_byte(tiny, 3, 0), 4, 0), "HEADER"},
      {"J15 huge", tiny_jpeg("", jpeg_frame(0xc0, 65500, 65500)), "LIMIT"},
      {"J16 too long a side", tiny_jpeg("", jpeg_frame(0xc0, 65535, 65535)), "LIMIT"},
      {"J17 1,006 scans", many_scans(1006, 4096), "LIMIT"},
      {"J17b too many pixels in 300 scans", many_scans(300, 4096), "LIMIT"},
      {"J18 400 legal scans", many_scans(400, 256), "OK warned"},
      {"J19 256 megapixels", tiny_jpeg("", jpeg_frame(0xc2, 16000, 16000, 3)), "LIMIT"},
      {"J21 12 bits", tiny_jpeg("", jpeg_frame(0xc1, 8, 8, 1, 0x11, 12)), "UNSUP"},
      {"J22 lossless", tiny_jpeg("", jpeg_frame(0xc3, 8, 8)), "UNSUP"},
      {"J23 four components where there are three", with_frame_byte(good, 5, 4), "HEADER"},
      {"J24 sampling factor 0", tiny_jpeg("", jpeg_frame(0xc0, 8, 8, 1, 0x01)), "HEADER"},
      {"J24b sampling factor 5", tiny_jpeg("", jpeg_frame(0xc0, 8, 8, 1, 0x15)), "HEADER"},
      {"J25 two frame headers", tiny_jpeg(jpeg_frame(0xc0, 8, 8)), "HEADER"},
      {"J26 no quantization table", without_marker(good, 0xdb), "CORRUPT"},
      {"J27 no Huffman table", without_marker(good, 0xc4), "OK"},
      {"J28 no scan", kSoi + jpeg_tables() + jpeg_frame(0xc0, 8, 8) + kEoi, "TRUNC"},
      {"J29 100,000 APP5", tiny_jpeg(repeated(jpeg_segment(0xe5, "app"), 100'000)), "OK"},
      {"J30 EXIF in a circle", tiny_jpeg(exif_that_points_at_itself()), "OK"},
      {"J32 two components", tiny_jpeg("", jpeg_frame(0xc0, 8, 8, 2)), "UNSUP"},
      {"J33 two images", good + progressive, "OK"},
      {"scan before the frame", kSoi + jpeg_scan() + kEoi, "HEADER"},
      {"marker of length 1", kSoi + bytes_of({0xff, 0xe0, 0, 1}) + tiny.substr(2), "HEADER"},
      {"cut inside a marker", kSoi + bytes_of({0xff, 0xe0, 0xff, 0xff, 1}), "TRUNC"},
      {"cut inside a length", kSoi + bytes_of({0xff, 0xe0, 0}), "TRUNC"},
      {"frame header of four bytes", kSoi + jpeg_segment(0xc0, "\x08\0\x08\0") + kEoi, "HEADER"},
      {"no component", tiny_jpeg("", jpeg_frame(0xc0, 8, 8, 0)), "HEADER"},
      {"a marker without a length", tiny_jpeg("\xff\x01"), "OK"},
      {"padding between markers", kSoi + std::string("\xff\xff\xff") + tiny.substr(3), "OK"},
      {"tiny", tiny, "OK"},
  };
}

}  // namespace

TEST_CASE("jpeg: every malformed file gets the expected verdict", "[image][error]") {
  for (const Case& c : cases()) {
    const Verdict verdict = judge(c.file);
    INFO(c.name << ": " << verdict.message);
    CHECK(verdict.word == c.verdict);
  }
}

TEST_CASE("jpeg: a truncated file is rejected, wherever it ends", "[image][error]") {
  const std::string name = GENERATE(as<std::string>{}, "jpeg-420.jpg", "jpeg-progressive-420.jpg",
                                    "jpeg-arithmetic.jpg", "jpeg-cmyk-adobe.jpg", "jpeg-restarts.jpg");
  const std::string file = golden_image(name);
  for (std::size_t size = 3; size < file.size(); size += 7) {
    const Verdict verdict = judge(file.substr(0, size));
    INFO(name << " cut to " << size << ": " << verdict.message);
    CHECK(verdict.word == "TRUNC");
  }
}

TEST_CASE("jpeg: data around the image does not change it", "[image][property]") {
  const std::string good = golden_image("jpeg-420.jpg");
  const std::vector<std::uint8_t> pixels = judge(good).image.pixels;
  REQUIRE(pixels.size() == 45 * 37 * 3);
  CHECK(judge(good + std::string(70, 'x')).image.pixels == pixels);
  CHECK(judge(good + golden_image("jpeg-grey.jpg")).image.pixels == pixels);
  CHECK(judge(without_marker(good, 0xc4)).image.pixels == pixels);  // Motion JPEG omits the standard tables
}

TEST_CASE("jpeg: coefficients beyond the memory limit are rejected before they are allocated",
          "[image][error]") {
  ImageLimits limits;
  limits.max_decoder_memory = 1'000'000'000;
  const Verdict verdict = judge(tiny_jpeg("", jpeg_frame(0xc2, 13000, 13000, 3)), limits);  // J20
  CHECK(verdict.word == "LIMIT");
  CHECK_THAT(verdict.message, Contains("1014000000 bytes"));
  limits.max_decoder_memory = 135'000;  // libjpeg's own count comes second
  CHECK(judge(many_scans(400, 256), limits).word == "LIMIT");
  limits.max_decoder_memory = 1'000'000;
  CHECK(judge(many_scans(400, 256), limits).word == "OK warned");
}

TEST_CASE("jpeg: missing scans are a warning", "[image][error]") {
  for (const std::string name : {"jpeg-progressive-420.jpg", "jpeg-arithmetic-progressive.jpg",
                                 "jpeg-progressive-grey.jpg", "jpeg-several-scans.jpg"}) {
    const std::string file = golden_image(name);
    REQUIRE(judge(file).word == "OK");
    std::vector<std::size_t> scans;
    for (std::size_t at = 0; (at = file.find("\xff\xda", at)) != std::string::npos; ++at) {
      scans.push_back(at);
    }
    REQUIRE(scans.size() > 2);
    for (std::size_t i = 1; i < scans.size(); ++i) {
      INFO(name << " with " << i << " of " << scans.size() << " scans");
      const Verdict verdict = judge(file.substr(0, scans[i]) + kEoi);
      CHECK(verdict.word == "OK warned");
      CHECK(verdict.message == "JPEG: some scans are missing, so the image is coarser than the original");
    }
  }
}

TEST_CASE("jpeg: unreadable EXIF data is a warning, and XMP is not used instead", "[image][error]") {
  const std::string xmp =
      jpeg_segment(0xe1, std::string("http://ns.adobe.com/xap/1.0/\0", 29) + "<x tiff:Orientation=\"6\"/>");
  const std::string plain = golden_image("jpeg-420.jpg");
  const auto with = [&](const std::string& exif) {
    return judge(kSoi + jpeg_segment(0xe1, std::string("Exif\0\0", 6) + exif) + xmp + plain.substr(2));
  };
  const Verdict turned = with("");
  REQUIRE(turned.word == "OK");
  CHECK(turned.image.height == 45);
  for (const std::string exif : {"XX*\0\0\0\0\x08", "II", "none"}) {
    const Verdict verdict = with(exif);
    CHECK(verdict.word == "OK warned");
    CHECK(verdict.message == "JPEG: EXIF data is unreadable and ignored");
    CHECK(verdict.image.height == 37);
  }
}

TEST_CASE("jpeg: scans are limited by number and by total pixels", "[image][error]") {
  ImageLimits limits;
  limits.max_jpeg_scans = 10;
  CHECK(judge(many_scans(10, 256), limits).word == "OK warned");
  CHECK(judge(many_scans(11, 256), limits).word == "LIMIT");
  CHECK_THAT(judge(many_scans(11, 256), limits).message, Contains("has more than 10 scans"));
  limits.max_scan_pixels = 9 * 256 * 256;
  CHECK(judge(many_scans(9, 256), limits).word == "OK warned");
  CHECK(judge(many_scans(10, 256), limits).word == "LIMIT");
  limits.max_scan_pixels = 1;  // the cost of a single scan
  CHECK(judge(golden_image("jpeg-420.jpg"), limits).word == "OK");
}

TEST_CASE("jpeg: coefficients are held in memory only for several scans", "[image][error]") {
  ImageLimits limits;
  CHECK(read_jpeg_layout(as_bytes(golden_image("jpeg-420.jpg")), limits).coefficient_bytes == 0);
  const std::string name = GENERATE(as<std::string>{}, "jpeg-several-scans.jpg", "jpeg-progressive-420.jpg");
  const std::string file = golden_image(name);
  const std::int64_t bytes = read_jpeg_layout(as_bytes(file), limits).coefficient_bytes;
  CHECK(bytes >= 3 * 45 * 37);  // of 4:2:0, two bytes each
  limits.max_decoder_memory = bytes;
  CHECK_NOTHROW(read_jpeg_layout(as_bytes(file), limits));
  limits.max_decoder_memory = bytes - 1;
  CHECK_THAT(judge(file, limits).message, Contains("its coefficients"));
}

TEST_CASE("jpeg: EXIF is read from its own marker only, and before the image", "[image]") {
  const std::string exif =
      std::string("Exif\0\0MM\0*\0\0\0\x08\0\1", 16) + bytes_of({1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0});
  const std::string frame = jpeg_frame(0xc0, 16, 8), data = jpeg_scan() + bytes_of({0x0f});
  const auto height = [&](const std::string& before, const std::string& after) {
    return judge(kSoi + before + jpeg_tables() + frame + data + after + kEoi).image.height;
  };
  CHECK(height(jpeg_segment(0xe1, exif), "") == 16);
  CHECK(height(jpeg_segment(0xe2, exif), "") == 8);
  CHECK(height(jpeg_segment(0xfe, exif), "") == 8);
  CHECK(height("", jpeg_segment(0xe1, exif)) == 8);
}

TEST_CASE("jpeg: a second EXIF block continues the first, as in Pillow", "[image]") {
  const std::string block =
      std::string("MM\0*\0\0\0\x08\0\1", 10) + bytes_of({1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0});
  const std::string head = std::string("Exif\0\0", 6);
  const std::string wide = jpeg_frame(0xc0, 16, 8);
  const std::string data = jpeg_scan() + bytes_of({0x0f}) + kEoi;
  const std::string whole = kSoi + jpeg_segment(0xe1, head + block) + jpeg_tables() + wide + data;
  const std::string split = kSoi + jpeg_segment(0xe1, head + block.substr(0, 9)) +
                            jpeg_segment(0xe1, head + block.substr(9)) + jpeg_tables() + wide + data;
  CHECK(judge(kSoi + jpeg_tables() + wide + data).image.height == 8);
  CHECK(judge(whole).image.height == 16);
  CHECK(judge(split).image.height == 16);
}
