// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/terminal_image.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "sightline/base/format.h"

namespace sightline {
namespace {

constexpr int kLevels = 6;  ///< of each colour in a sixel image
constexpr int kPalette = kLevels * kLevels * kLevels;

std::size_t channels_of_image(const ReportImage& image) { return image.transparent ? 4 : 3; }

// Raw pixels, base64 in pieces of 4,096 bytes. C=1: the cursor does not move.
void append_kitty(std::string& out, const ReportImage& image, TerminalCells cells) {
  constexpr std::size_t kPiece = 4096;
  std::string data;
  append_base64(data, {reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size()});
  std::string_view rest = data;
  std::string first = "a=T,q=2,C=1,f=" + std::to_string(8 * channels_of_image(image)) +
                      ",s=" + std::to_string(image.width) + ",v=" + std::to_string(image.height) +
                      ",c=" + std::to_string(cells.columns) + ",r=" + std::to_string(cells.rows) + ",";
  do {
    const std::string_view piece = rest.substr(0, kPiece);
    rest.remove_prefix(piece.size());
    out.append("\x1b_G").append(first).append(rest.empty() ? "m=0;" : "m=1;").append(piece).append("\x1b\\");
    first.clear();
  } while (!rest.empty());
}

void append_iterm(std::string& out, const ReportImage& image, TerminalCells cells) {
  out += "\x1b]1337;File=inline=1;preserveAspectRatio=1;size=" + std::to_string(image.file.size()) +
         ";width=" + std::to_string(cells.columns) + ";height=" + std::to_string(cells.rows) + ":";
  append_base64(out, image.file);
  out += '\a';
}

/// Colours of the palette for an image scaled to `width` x `height`; -1: transparent. Levels between those of
/// the palette are dithered in a pattern of 4x4 pixels.
std::vector<int> palette_pixels(const ReportImage& image, int width, int height) {
  constexpr std::array<int, 16> kPattern = {0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5};
  const std::size_t channels = channels_of_image(image);
  std::vector<int> pixels;
  pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto from_x = static_cast<std::size_t>(std::int64_t{x} * image.width / width);
      const auto from_y = static_cast<std::size_t>(std::int64_t{y} * image.height / height);
      const std::uint8_t* pixel =
          image.pixels.data() + (from_y * static_cast<std::size_t>(image.width) + from_x) * channels;
      if (channels == 4 && pixel[3] < 128) {
        pixels.push_back(-1);
        continue;
      }
      const int offset = kPattern[static_cast<std::size_t>(y % 4 * 4 + x % 4)] * 255 / 16;
      int color = 0;
      for (int c = 0; c < 3; ++c) color = color * kLevels + (pixel[c] * (kLevels - 1) + offset) / 255;
      pixels.push_back(color);
    }
  }
  return pixels;
}

/// Repeats a character of sixel data.
void append_run(std::string& out, char character, int count) {
  if (count > 3) {
    out += '!' + std::to_string(count) + character;
  } else {
    out.append(static_cast<std::size_t>(count), character);
  }
}

/// A band of six rows in one colour.
void append_band(std::string& out, const std::vector<int>& pixels, int width, int height, int top,
                 int color) {
  int run = 0;
  char last = 0;
  for (int x = 0; x < width; ++x) {
    int bits = 0;
    for (int y = top; y < std::min(top + 6, height); ++y) {
      if (pixels[static_cast<std::size_t>(y * width + x)] == color) bits |= 1 << (y - top);
    }
    const char character = static_cast<char>('?' + bits);
    if (character != last && run > 0) {
      append_run(out, last, run);
      run = 0;
    }
    last = character;
    ++run;
  }
  append_run(out, last, run);
}

void append_sixel(std::string& out, const ReportImage& image, const TerminalPreview& preview,
                  TerminalCells cells) {
  const int width = cells.columns * preview.cell_width, height = cells.rows * preview.cell_height;
  const std::vector<int> pixels = palette_pixels(image, width, height);
  // P2 = 1: pixels that are not drawn keep the background.
  out += "\x1bP0;1;0q\"1;1;" + std::to_string(width) + ";" + std::to_string(height);
  for (int color = 0; color < kPalette; ++color) {
    const auto percent = [&](int level) { return std::to_string(level % kLevels * 100 / (kLevels - 1)); };
    out += "#" + std::to_string(color) + ";2;" + percent(color / kLevels / kLevels) + ";" +
           percent(color / kLevels) + ";" + percent(color);
  }
  for (int top = 0; top < height; top += 6) {
    if (top > 0) out += '-';  // not after the last band, where the terminal might scroll
    std::array<bool, kPalette> used{};
    for (int i = top * width; i < std::min(top + 6, height) * width; ++i) {
      if (pixels[static_cast<std::size_t>(i)] >= 0)
        used[static_cast<std::size_t>(pixels[static_cast<std::size_t>(i)])] = true;
    }
    for (int color = 0; color < kPalette; ++color) {
      if (!used[static_cast<std::size_t>(color)]) continue;
      out += "#" + std::to_string(color);
      append_band(out, pixels, width, height, top, color);
      out += '$';
    }
  }
  out += "\x1b\\";
}

}  // namespace

TerminalCells cells_of(const ReportImage& image, const TerminalPreview& preview, int rows) {
  const int most = 3 * rows;
  const double columns =
      static_cast<double>(rows * preview.cell_height) * image.width / image.height / preview.cell_width;
  if (columns <= most) return {rows, std::max(static_cast<int>(columns + 0.5), 1)};
  return {std::max(static_cast<int>(rows * most / columns + 0.5), 1), most};
}

void append_terminal_image(std::string& out, const ReportImage& image, const TerminalPreview& preview,
                           TerminalCells cells) {
  switch (preview.graphics) {
    case TerminalGraphics::none:
      return;
    case TerminalGraphics::kitty:
      return append_kitty(out, image, cells);
    case TerminalGraphics::iterm:
      return append_iterm(out, image, cells);
    case TerminalGraphics::sixel:
      return append_sixel(out, image, preview, cells);
  }
}

}  // namespace sightline
