// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "cli/option.h"

namespace sightline::app {

/// Parses the arguments after the command name into the options of `line`. If it sets `help_requested`,
/// nothing else has been checked. Errors: usage for an option that is unknown, lacks its value, has an
/// unexpected one, or cannot be combined with another; those of the option values.
void parse(CommandLine& line, std::span<char* const> arguments);

}  // namespace sightline::app
