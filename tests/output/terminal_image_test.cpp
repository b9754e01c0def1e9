// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/terminal_image.h"

#include <cstdint>
#include <string>
#include <vector>

#include "sightline/base/format.h"
#include "support/catch.h"

using namespace sightline;

namespace {

ReportImage image_of(const std::vector<std::uint8_t>& pixels, std::int32_t width, std::int32_t height,
                     bool transparent = false) {
  return {.file = "file", .width = width, .height = height, .pixels = pixels, .transparent = transparent};
}

std::string drawn(const ReportImage& image, const TerminalPreview& preview, TerminalCells cells) {
  std::string out;
  append_terminal_image(out, image, preview, cells);
  return out;
}

}  // namespace

TEST_CASE("terminal image: keeps its shape in cells, and is never wider than three times its rows",
          "[output]") {
  const std::vector<std::uint8_t> pixels;
  const TerminalPreview preview{TerminalGraphics::kitty, 10, 20};
  const auto cells = [&](std::int32_t width, std::int32_t height) {
    const TerminalCells c = cells_of(image_of(pixels, width, height), preview, 6);
    return std::pair(c.rows, c.columns);
  };
  CHECK(cells(100, 100) == std::pair(6, 12));
  CHECK(cells(300, 100) == std::pair(3, 18));
  CHECK(cells(192, 1) == std::pair(1, 18));
  CHECK(cells(1, 192) == std::pair(6, 1));
}

TEST_CASE("terminal image: kitty gets raw pixels in pieces of 4096 bytes", "[output]") {
  const std::vector<std::uint8_t> pixels(64 * 60 * 4, 7);
  const std::string out = drawn(image_of(pixels, 64, 60, true), {TerminalGraphics::kitty, 10, 20}, {6, 12});
  std::string data;
  int pieces = 0;
  for (std::size_t at = out.find("\x1b_G"); at != std::string::npos; at = out.find("\x1b_G", at + 1)) {
    const std::size_t begin = out.find(';', at) + 1, end = out.find("\x1b\\", begin);
    CHECK(end - begin <= 4096);
    const bool last = out.substr(begin - 4, 4) == "m=0;";
    CHECK(last == (out.find("\x1b_G", end) == std::string::npos));
    data += out.substr(begin, end - begin);
    ++pieces;
  }
  CHECK(pieces == 5);
  CHECK(decode_base64(data) == std::string(pixels.begin(), pixels.end()));
  CHECK(out.starts_with("\x1b_Ga=T,q=2,C=1,f=32,s=64,v=60,c=12,r=6,m=1;"));
}

TEST_CASE("terminal image: iterm gets the file", "[output]") {
  CHECK(drawn(image_of({}, 4, 4), {TerminalGraphics::iterm, 10, 20}, {6, 12}) ==
        "\x1b]1337;File=inline=1;preserveAspectRatio=1;size=4;width=12;height=6:ZmlsZQ==\a");
  CHECK(drawn(image_of({}, 4, 4), {}, {6, 12}) == "");
}

TEST_CASE("terminal image: sixel draws each colour of a band, and nothing where an image is transparent",
          "[output]") {
  // Red and blue side by side; below them, white and a transparent pixel. A cell has 2x6 pixels.
  const std::vector<std::uint8_t> pixels = {255, 0, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255, 9, 9, 9, 0};
  const std::string out = drawn(image_of(pixels, 2, 2, true), {TerminalGraphics::sixel, 2, 6}, {2, 2});
  CHECK(out.starts_with("\x1bP0;1;0q\"1;1;4;12#0;2;0;0;0#1;2;0;0;20#"));
  const std::string body = out.substr(out.find("#215;2;100;100;100") + 18);
  CHECK(body ==
        "#5?"
        "?~~$#180~~?"
        "?$-#215~~?"
        "?$\x1b\\");
}
