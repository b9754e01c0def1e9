// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sightline/output/terminal_image.h"

namespace sightline::app {

/// The value of an environment variable, "" if it is not set.
using Environment = std::function<std::string(const char* name)>;

/// The protocol of the terminal that the environment names; none unless it is known to have one. Within a
/// multiplexer, which would pass on only some of the sequences, there is none.
TerminalGraphics detect_graphics(const Environment& environment);

/// How previews are shown on stdout. `graphics`: nothing for `auto`. Errors: usage if a protocol is given and
/// stdout is not a terminal.
TerminalPreview terminal_preview(std::optional<TerminalGraphics> graphics, bool to_terminal);

}  // namespace sightline::app
