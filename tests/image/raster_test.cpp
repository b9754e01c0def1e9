#include <sstream>
#include <string>
#include <vector>

#include "golden_crops.h"
#include "picture_bytes.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("raster: every GIF, BMP and animated PNG gives Pillow's pixels byte for byte",
          "[image][golden][raster]") {
  REQUIRE(golden_cases("raster").size() > 150);
  check_golden_crops("raster", best_simd_level());
}

TEST_CASE("raster: cut at every byte, a file is refused where Pillow refuses it", "[image][golden][raster]") {
  const std::vector<std::string> lines = read_lines(golden_path("raster/cuts.tsv"));
  REQUIRE(lines.size() > 100);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::istringstream in(lines[i]);
    std::string name;
    std::size_t shortest = 0;
    in >> name >> shortest;
    const std::string file = read_text(golden_path("raster/pictures/" + name));
    const Verdict whole = judge(file);
    REQUIRE(whole.word == "OK");
    for (std::size_t size = 0; size < file.size(); ++size) {
      const Verdict verdict = judge(file.substr(0, size));
      INFO(name << " cut to " << size << " bytes: " << verdict.word << ' ' << verdict.message);
      if (size >= shortest) {
        CHECK((verdict.word == "OK" && verdict.image.pixels == whole.image.pixels));
      } else {
        CHECK(verdict.word == (size < 6 && verdict.word == "MAGIC" ? "MAGIC" : "TRUNC"));
      }
    }
  }
}

TEST_CASE("raster: a changed bit gives an error or an image, never anything else", "[image][error][raster]") {
  for (const std::string name :
       {"gif-interlaced.gif", "gif-extensions.gif", "bmp-rle8.bmp", "bmp-4.bmp", "bmp-masks-565.bmp"}) {
    const std::string file = read_text(golden_path("raster/pictures/" + name));
    ImageLimits limits;
    limits.max_pixels = 100'000;
    std::size_t refused = 0;
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
      std::string changed = file;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
      const Verdict verdict = judge(changed, limits);
      refused += verdict.word != "OK" ? 1 : 0;
      if (verdict.word == "OK") {
        CHECK(verdict.image.pixels.size() == 3 * static_cast<std::size_t>(verdict.image.width) *
                                                 static_cast<std::size_t>(verdict.image.height));
      }
    }
    CHECK(refused > 0);
  }
}
