// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/option.h"

namespace sightline::app {

/// "unknown option '--tpo'; did you mean '--top'?" or what to do instead. Errors: usage, always.
[[noreturn]] void fail_unknown_option(const CommandLine& line, const std::string& name);
/// The same for the first argument of the program, which is neither a command nor an option that may stand
/// there: "unknown command 'scroe'; did you mean 'score'?" Errors: usage, always.
[[noreturn]] void fail_unknown_command(const std::string& name, std::span<const Command> commands);

/// The name that was probably meant, "" when none is near. Edit distance, or the beginning of a name.
std::string nearest_name(std::string_view name, const std::vector<std::string>& names);

}  // namespace sightline::app
