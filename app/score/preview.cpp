// SPDX-License-Identifier: Apache-2.0
#include "score/preview.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cli/failure.h"

namespace sightline::app {

TerminalGraphics detect_graphics(const Environment& environment) {
  const std::string term = environment("TERM"), program = environment("TERM_PROGRAM");
  const bool multiplexed = !environment("TMUX").empty() || !environment("STY").empty() ||
                           term.starts_with("screen") || term.starts_with("tmux");
  // Terminals inside of the one that set the other variables.
  const bool inside = !environment("ZELLIJ").empty() || !environment("NVIM").empty() ||
                      !environment("VIM_TERMINAL").empty() || !environment("INSIDE_EMACS").empty();
  if (multiplexed || inside) return TerminalGraphics::none;
  // A program that was started from there with another TERM is another terminal.
  const bool own = term.starts_with("xterm") || term == "wezterm" || term == "mintty" || term == "ghostty";
  if (term == "xterm-kitty" || term == "xterm-ghostty" || (own && program == "ghostty"))
    return TerminalGraphics::kitty;
  if (own && (program == "iTerm.app" || program == "WezTerm" || program == "mintty"))
    return TerminalGraphics::iterm;
  if (term == "foot" || term.starts_with("foot-") || term == "mlterm") return TerminalGraphics::sixel;
  return TerminalGraphics::none;
}

TerminalPreview terminal_preview(std::optional<TerminalGraphics> graphics, bool to_terminal) {
  TerminalPreview preview;
  if (graphics == TerminalGraphics::none) return preview;
  if (!to_terminal) {
    if (graphics) fail_usage("--preview requires text output to a terminal", "use --preview auto");
    return preview;
  }
  preview.graphics = graphics ? *graphics : detect_graphics([](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  });
  winsize size = {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0 &&
      size.ws_xpixel >= size.ws_col && size.ws_ypixel >= size.ws_row) {
    constexpr int kLargest = 64;
    preview.cell_width = std::min(size.ws_xpixel / size.ws_col, kLargest);
    preview.cell_height = std::min(size.ws_ypixel / size.ws_row, kLargest);
  }
  return preview;
}

}  // namespace sightline::app
