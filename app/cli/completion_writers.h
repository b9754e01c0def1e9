// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/option.h"

namespace sightline::app {

/// One function for each row of the table of shells.
std::string bash_completions(std::span<const Command> commands);
std::string zsh_completions(std::span<const Command> commands);
std::string fish_completions(std::span<const Command> commands);

/// The words that a shell offers for the value of an option, separated by blanks: its choices, or the
/// presets for a model.
std::string completion_words(const Option& option);
/// The names of an option that begin with a dash, its negation among them.
std::vector<std::string> dashed_names(const Option& option);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

}  // namespace sightline::app
