// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/option.h"

namespace sightline::app {

/// Throws "unknown option '--tpo'; did you mean '--top'?", or a remark on what to do instead. Errors: always
/// usage.
[[noreturn]] void fail_unknown_option(const CommandLine& line, const std::string& name);
/// As above for the first argument of the program: "unknown command 'scroe'; did you mean 'score'?" Errors:
/// always usage.
[[noreturn]] void fail_unknown_command(const std::string& name, std::span<const Command> commands);

/// The most similar name by edit distance or prefix; "" if none is similar.
std::string nearest_name(std::string_view name, const std::vector<std::string>& names);

}  // namespace sightline::app
