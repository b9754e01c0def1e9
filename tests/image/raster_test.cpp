// SPDX-License-Identifier: Apache-2.0
#include <sstream>
#include <string>
#include <vector>

#include "golden_crops.h"
#include "image_bytes.h"
#include "sightline/image/formats.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

bool can_read(const std::string& image) {
  const bool readable = !image.ends_with(".tif") || readable_formats().find("TIFF") != std::string::npos;
  if (!readable) skip("this build does not read " + image);
  return readable;
}

}  // namespace

TEST_CASE("raster: every GIF, BMP, TIFF and animated PNG matches Pillow's pixels byte for byte",
          "[image][golden][raster]") {
  REQUIRE(golden_cases("image_raster").size() > 300);
  check_golden_crops("image_raster", best_simd_level(), can_read);
}

TEST_CASE("raster: a file truncated at any byte is rejected if Pillow rejects it",
          "[image][golden][raster]") {
  const std::vector<std::string> lines = read_lines(golden_path("image_raster/cuts.tsv"));
  REQUIRE(lines.size() > 200);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::istringstream in(lines[i]);
    std::string name;
    std::size_t shortest = 0;
    in >> name >> shortest;
    if (!can_read(name)) {
      continue;
    }
    const bool tiff = name.ends_with(".tif");
    const std::string file = read_text(golden_path("image_raster/files/" + name));
    const Verdict whole = judge(file);
    REQUIRE(whole.word == "OK");
    for (std::size_t size = 0; size < file.size(); ++size) {
      const Verdict verdict = judge(file.substr(0, size));
      INFO(name << " cut to " << size << " bytes: " << verdict.word << ' ' << verdict.message);
      if (size >= shortest && !(tiff && verdict.word == "TRUNC")) {
        CHECK((verdict.word == "OK" || (tiff && verdict.word == "OK warned")));
        CHECK(verdict.image.pixels == whole.image.pixels);
      } else if (tiff && verdict.word != "TRUNC") {
        // A truncated tag may leave an image of another kind, as in Pillow, but never without a warning.
        CHECK((size < 4 ? verdict.word == "MAGIC" : verdict.word != "OK"));
      } else {
        CHECK(verdict.word == (size < 6 && verdict.word == "MAGIC" ? "MAGIC" : "TRUNC"));
      }
    }
  }
}

TEST_CASE("raster: a changed bit gives an error or an image, and nothing else", "[image][error][raster]") {
  for (const std::string name :
       {"gif-interlaced.gif", "gif-extensions.gif", "bmp-rle8.bmp", "bmp-4.bmp", "bmp-masks-565.bmp",
        "tiff-rgb-8-lzw.tif", "tiff-palette-8-tiles.tif", "tiff-jpeg.tif", "tiff-fax-4.tif"}) {
    if (!can_read(name)) {
      continue;
    }
    const std::string file = read_text(golden_path("image_raster/files/" + name));
    ImageLimits limits;
    limits.max_pixels = 100'000;
    std::size_t refused = 0;
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
      std::string changed = file;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
      const Verdict verdict = judge(changed, limits);
      refused += verdict.word.starts_with("OK") ? 0 : 1;
      if (verdict.word.starts_with("OK")) {
        CHECK(verdict.image.pixels.size() == 3 * static_cast<std::size_t>(verdict.image.width) *
                                                 static_cast<std::size_t>(verdict.image.height));
      }
    }
    CHECK(refused > 0);
  }
}
