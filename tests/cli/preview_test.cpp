// SPDX-License-Identifier: Apache-2.0
#include "score/preview.h"

#include <map>
#include <string>

#include "support/catch.h"

using namespace sightline;
using namespace sightline::app;

TEST_CASE("preview: only terminals that are known to show images get them", "[app]") {
  const auto detected = [](const std::map<std::string, std::string>& variables) {
    return detect_graphics([&](const char* name) {
      const auto found = variables.find(name);
      return found == variables.end() ? "" : found->second;
    });
  };
  CHECK(detected({{"TERM", "xterm-kitty"}}) == TerminalGraphics::kitty);
  CHECK(detected({{"TERM", "xterm-256color"}, {"TERM_PROGRAM", "ghostty"}}) == TerminalGraphics::kitty);
  CHECK(detected({{"TERM", "xterm-256color"}, {"TERM_PROGRAM", "iTerm.app"}}) == TerminalGraphics::iterm);
  CHECK(detected({{"TERM", "xterm-256color"}, {"TERM_PROGRAM", "WezTerm"}}) == TerminalGraphics::iterm);
  CHECK(detected({{"TERM", "foot"}}) == TerminalGraphics::sixel);
  CHECK(detected({{"TERM", "xterm-256color"}}) == TerminalGraphics::none);
  CHECK(detected({{"TERM", "xterm-256color"}, {"TERM_PROGRAM", "Apple_Terminal"}}) == TerminalGraphics::none);
  CHECK(detected({}) == TerminalGraphics::none);
  CHECK(detected({{"TERM", "dumb"}, {"TERM_PROGRAM", "iTerm.app"}}) == TerminalGraphics::none);
  CHECK(detected({{"TERM", "xterm-kitty"}, {"TMUX", "/tmp/tmux"}}) == TerminalGraphics::none);
  CHECK(detected({{"TERM", "screen-256color"}, {"TERM_PROGRAM", "WezTerm"}}) == TerminalGraphics::none);
  CHECK(detected({{"TERM", "eterm-color"}, {"TERM_PROGRAM", "iTerm.app"}}) == TerminalGraphics::none);
  CHECK(detected({{"TERM", "linux"}, {"TERM_PROGRAM", "ghostty"}}) == TerminalGraphics::none);
  for (const char* inside : {"ZELLIJ", "NVIM", "VIM_TERMINAL", "INSIDE_EMACS"})
    CHECK(detected({{"TERM", "xterm-kitty"}, {inside, "0"}}) == TerminalGraphics::none);
}
