// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sightline/output/report_images.h"

namespace sightline {

/// The protocols by which terminals show images.
enum class TerminalGraphics {
  none,
  kitty,  ///< https://sw.kovidgoyal.net/kitty/graphics-protocol/
  iterm,  ///< https://iterm2.com/documentation-images.html
  sixel,  ///< DEC STD 070, chapter 9
};

/// How a terminal shows images.
struct TerminalPreview {
  TerminalGraphics graphics = TerminalGraphics::none;
  int cell_width = 10, cell_height = 20;  ///< pixels of a character
};

/// The size of an image in characters.
struct TerminalCells {
  int rows = 0, columns = 0;
};
/// An image of `rows` lines and at most three times as many columns; fewer lines if it is too wide for that.
TerminalCells cells_of(const ReportImage& image, const TerminalPreview& preview, int rows);

/// Appends the escape sequences that draw an image at the cursor, `cells` large. The position of the cursor
/// afterwards depends on the terminal. kitty and sixel need the pixels of the image, iterm its file.
void append_terminal_image(std::string& out, const ReportImage& image, const TerminalPreview& preview,
                           TerminalCells cells);

}  // namespace sightline
