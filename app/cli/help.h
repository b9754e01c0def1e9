// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "cli/option.h"

namespace sightline::app {

/// What `sightline --help` shows.
std::string main_help(std::span<const Command> commands);
/// What `sightline COMMAND --help` shows: 80 columns, options in groups, examples.
std::string command_help(const Command& command);

/// The help of an option without the default at its end.
std::string_view help_without_default(const Option& option);

}  // namespace sightline::app
