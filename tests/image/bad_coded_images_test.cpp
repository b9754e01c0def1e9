// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "image_bytes.h"
#include "sightline/image/formats.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string coded_image(const std::string& name) {
  return read_text(golden_path("image_codecs/files/" + name));
}

/// Whether this build, on this machine, reads files with this extension.
bool is_readable(std::string_view extension) {
  for (const ImageFormat& format : image_formats()) {
    if (std::find(format.extensions.begin(), format.extensions.end(), extension) != format.extensions.end()) {
      return format.codec != nullptr && !format.version().empty();
    }
  }
  return false;
}

std::string little_endian(std::uint32_t value) {
  std::string bytes = big_endian(value, 4);
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

std::string riff(const std::string& chunks) {
  return "RIFF" + little_endian(static_cast<std::uint32_t>(chunks.size() + 4)) + "WEBP" + chunks;
}

std::string riff_chunk(const std::string& name, const std::string& data) {
  return name + little_endian(static_cast<std::uint32_t>(data.size())) + data +
         std::string(data.size() % 2, '\0');
}

/// Bits of a VP8L stream, least significant first in each byte.
class Bits {
 public:
  Bits& put(std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i, ++used_) {
      if (used_ % 8 == 0) {
        bytes_.push_back('\0');
      }
      bytes_.back() =
          static_cast<char>(static_cast<unsigned char>(bytes_.back()) | (value >> i & 1U) << (used_ % 8));
    }
    return *this;
  }
  std::string file() const { return riff(riff_chunk("VP8L", bytes_)); }

 private:
  std::string bytes_;
  int used_ = 0;
};

/// The header of a lossless image.
Bits lossless(std::uint32_t width, std::uint32_t height) {
  return Bits().put(0x2f, 8).put(width - 1, 14).put(height - 1, 14).put(0, 1).put(0, 3);
}

/// Lossless with four simple prefix codes, and a fifth whose lengths leave most of its codes unused: the
/// construction of CVE-2023-4863, for which a table was too small.
std::string with_incomplete_code() {
  Bits bits = lossless(4, 4);
  bits.put(0, 1).put(0, 1).put(0, 1);  // no transform, no colour cache, one group of codes
  for (int code = 0; code < 4; ++code) {
    bits.put(1, 1).put(0, 1).put(0, 1).put(0, 1);  // simple, of one symbol, of one bit: 0
  }
  bits.put(0, 1).put(15, 4);  // a code-length code with all 19 lengths
  for (int i = 0; i < 19; ++i) {
    bits.put(i < 3 ? 0 : 4, 3);  // 17, 18 and 0 have none; 1 to 16 have codes of 4 bits, in this order
  }
  bits.put(0, 1);  // lengths of all symbols follow
  for (std::uint32_t i = 0; i < 40; ++i) {
    const std::uint32_t code = (i < 8 ? i + 1 : 15) - 1;  // most significant bit first
    bits.put(code >> 3 & 1, 1).put(code >> 2 & 1, 1).put(code >> 1 & 1, 1).put(code & 1, 1);
  }
  return bits.put(0, 32).put(0, 32).put(0, 32).file();
}

/// `file` with the width of its (first) ispe box replaced.
std::string with_width(std::string file, std::uint32_t width) {
  return file.replace(file.find("ispe") + 8, 4, big_endian(width, 4));
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

const std::vector<std::string> kSamples = {"webp-lossy-alpha-90.webp",
                                           "webp-lossless-few-colors.webp",
                                           "webp-exif-6.webp",
                                           "webp-animated.webp",
                                           "avif-420-full-alpha.avif",
                                           "avif-10-bit-3.avif",
                                           "avif-sequence.avif",
                                           "avif-turned-5.avif",
                                           "heic-420.heic",
                                           "heic-alpha.heic",
                                           "heic-tiles.heic"};

std::string extension_of(const std::string& name) { return name.substr(name.rfind('.')); }

}  // namespace

TEST_CASE("bad WebP: the named cases", "[image][error][webp]") {
  const std::string plain = coded_image("webp-lossy-90.webp");
  const auto [name, file, verdict] = GENERATE_REF(table<std::string, std::string, std::string>({
      {"W01 one byte short", plain.substr(0, plain.size() - 1), "TRUNC"},
      {"W01 size of 4 GB", "RIFF\xff\xff\xff\xff" + plain.substr(8), "TRUNC"},
      {"W02 16383x16383 in 30 bytes", lossless(16383, 16383).put(0, 31).file(), "LIMIT"},
      {"W03 code lengths", with_incomplete_code(), "CORRUPT"},
      {"empty", riff(""), "TRUNC"},
      {"another chunk first", riff(riff_chunk("ABCD", std::string(20, '\0'))), "HEADER"},
      {"canvas of 2^24 x 1",
       riff(riff_chunk("VP8X", bytes_of({2, 0, 0, 0, 255, 255, 255, 0, 0, 0})) +
            riff_chunk("ANIM", std::string(6, '\0'))),
       "LIMIT"},
      {"no frame",
       riff(riff_chunk("VP8X", bytes_of({2, 0, 0, 0, 3, 0, 0, 3, 0, 0})) +
            riff_chunk("ANIM", std::string(6, '\0'))),
       "CORRUPT"},
      {"no data", lossless(4, 4).file(), "CORRUPT"},
      {"size 4 in the header, more behind", "RIFF" + little_endian(4) + plain.substr(8), "HEADER"},
  }));
  INFO(name);
  const Verdict seen = judge(file);
  INFO(seen.message);
  CHECK(seen.word == verdict);
}

TEST_CASE("bad WebP: W05 metadata of 100 MB is not copied", "[image][webp]") {
  const std::string plain = coded_image("webp-lossy-90.webp");
  const std::string file = riff(riff_chunk("VP8X", bytes_of({12, 0, 0, 0, 25, 0, 0, 18, 0, 0})) +
                                plain.substr(12) + riff_chunk("EXIF", std::string(50'000'000, '\1')) +
                                riff_chunk("XMP ", std::string(50'000'000, 'x')));
  const long before = peak_kilobytes();
  const Verdict seen = judge(file);
  INFO(seen.message);
  CHECK(seen.word == "OK warned");  // unreadable EXIF data
  CHECK(seen.image.pixels == judge(plain).image.pixels);
  CHECK(peak_kilobytes() - before < 20'000);
}

TEST_CASE("bad coded images: a truncated file is rejected, wherever it ends", "[image][error]") {
  const std::string name = GENERATE(from_range(kSamples));
  if (!is_readable(extension_of(name))) return skip("this build does not read " + name);
  const std::string file = coded_image(name);
  std::size_t truncated = 0;
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Verdict verdict = judge(file.substr(0, size));
    INFO(name << " cut to " << size << ": " << verdict.message);
    CHECK(!verdict.word.starts_with("OK"));
    truncated += verdict.word == "TRUNC" ? 1 : 0;
  }
  CHECK(truncated + 30 > file.size());
}

TEST_CASE("bad coded images: a file with changed bytes gives an image of the right size or an error",
          "[image][error]") {
  const std::string name = GENERATE(from_range(kSamples));
  if (!is_readable(extension_of(name))) return skip("this build does not read " + name);
  const std::string file = coded_image(name);
  std::mt19937 random(7);
  ImageLimits limits;
  limits.max_pixels = 1'000'000;
  for (int round = 0; round < 200; ++round) {
    std::string changed = file;
    for (int i = 0; i <= round % 3; ++i) {
      changed[random() % changed.size()] = static_cast<char>(random());
    }
    const Verdict verdict = judge(changed, limits);
    if (verdict.word.starts_with("OK")) {
      const Image& image = verdict.image;
      CHECK(image.pixels.size() ==
            static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 3);
    }
  }
}

TEST_CASE("bad coded images: limits apply to the sizes in the header", "[image][error]") {
  const auto [name, width, height] = GENERATE(table<std::string, int, int>({
      {"webp-lossy-90.webp", 26, 19},
      {"webp-animated-part-alpha.webp", 26, 19},
      {"avif-420-full.avif", 26, 19},
      {"heic-420.heic", 45, 38},
  }));
  if (!is_readable(extension_of(name))) return skip("this build does not read " + name);
  const std::string file = coded_image(name);
  INFO(name);
  ImageLimits limits;
  limits.max_pixels = std::int64_t{width} * height;
  CHECK(judge(file, limits).word == "OK");
  limits.max_pixels -= 1;
  CHECK(judge(file, limits).word == "LIMIT");
  limits = {};
  limits.max_side = width - 1;
  CHECK(judge(file, limits).word == "LIMIT");
  limits = {};
  limits.max_decoder_memory = 500;
  CHECK(judge(file, limits).word == "LIMIT");
}

TEST_CASE("bad coded images: header sizes that differ from the data", "[image][error]") {
  for (const char* name : {"avif-420-full.avif", "heic-420.heic"}) {
    if (!is_readable(extension_of(name))) {
      skip("this build does not read " + std::string(name));
      continue;
    }
    INFO(name);
    const std::string file = coded_image(name);
    const long before = peak_kilobytes();
    CHECK(judge(with_width(file, 0x7fffffff)).word == "LIMIT");
    CHECK(judge(with_width(file, 65'501)).word == "LIMIT");
    // libavif before 1.0 scales to the header's size, libheif before 1.18 crops to a clap box within it.
    for (const std::uint32_t width : {0U, 60'000U}) {
      const Verdict verdict = judge(with_width(file, width));
      INFO(width << ": " << verdict.message);
      CHECK((!verdict.word.starts_with("OK") || verdict.image.width == static_cast<std::int32_t>(width) ||
             verdict.image.width == 45));
    }
    CHECK(peak_kilobytes() - before < 100'000);
  }
}

TEST_CASE("bad HEIC: another coding than HEVC is named", "[image][error][heic]") {
  if (!is_readable(".heic")) return skip("this build does not read HEIC");
  const Verdict verdict = judge(big_endian(24, 4) + "ftypmif1" + std::string(4, '\0') + "mif1j2ki");
  CHECK(verdict.word == "UNSUP");
  CHECK_THAT(verdict.message, Contains("not coded with HEVC"));
}
