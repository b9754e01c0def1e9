// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "cli/option.h"

namespace sightline::app {

/// The output of `sightline --help`.
std::string main_help(std::span<const Command> commands);
/// The output of `sightline COMMAND --help`: 80 columns, options in groups, examples.
std::string command_help(const Command& command);

/// The help of an option without the default at its end.
std::string_view help_without_default(const Option& option);

}  // namespace sightline::app
