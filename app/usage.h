// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "commands.h"

namespace sightline::app {

/// What is wrong with a command line, and the second line below it ("" for "try: sightline ... --help").
struct UsageProblem {
  std::string problem;
  std::string remedy;
};

/// "unknown option '--tpo'; did you mean '--top'?" for what the parser could not place. `command`: the one
/// that was parsed, null when none was.
UsageProblem explain_extra(const CLI::App& app, std::span<const Command> commands, const Command* command);
/// "unknown command 'scroe'; did you mean 'score'?"
UsageProblem explain_command(const std::string& name, std::span<const Command> commands);
/// CLI11's "Could not convert: --top = x" and "--top: is 'x', expected ..." as a sentence.
std::string explain_parse_error(std::string text);

/// Writes two lines on stderr and gives the exit code.
int report_usage(const UsageProblem& problem, const Command* command);

}  // namespace sightline::app
