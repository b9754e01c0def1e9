// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/option.h"

namespace sightline::app {

/// A shell that `sightline completions` supports. To add one, write a file and add a row in completions.cpp.
struct CompletionShell {
  std::string_view name;  ///< "bash"
  /// The whole script, made from the options of all commands.
  std::string (*script)(std::span<const Command> commands);
};
std::span<const CompletionShell> completion_shells();

}  // namespace sightline::app
