// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands.h"

namespace sightline::app {

/// What `sightline --help` shows.
std::string main_help(std::span<const Command> commands);
/// What `sightline COMMAND --help` shows: 80 columns, options in groups, examples.
std::string command_help(const Command& command);

/// The name that was probably meant, "" when none is near. Edit distance, or the beginning of a name.
std::string nearest_name(std::string_view name, const std::vector<std::string>& names);
/// All long and short names of a parser's options that may be shown, with their dashes.
std::vector<std::string> option_names(const CLI::App& parser);

}  // namespace sightline::app
