// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "cli/option.h"

namespace sightline::app {

/// Reads the arguments that follow a command's name into the options of `line`. With `help_requested`
/// nothing else has been checked. Errors: usage, for an option that is unknown, lacks its value, has one
/// that it cannot have, or excludes another; and those of the options' values.
void parse(CommandLine& line, std::span<char* const> arguments);

}  // namespace sightline::app
