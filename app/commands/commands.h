// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "cli/option.h"

namespace sightline::app {

/// The table of commands in commands.cpp. To add a command, write a file that describes it and add a row
/// there.
std::span<const Command> commands();
/// Null if there is no command with this name.
const Command* find_command(std::string_view name);

CommandLine describe_score();
CommandLine describe_embed_image();
CommandLine describe_embed_text();
CommandLine describe_merge();
CommandLine describe_verify();
CommandLine describe_convert_weights();
CommandLine describe_info();
CommandLine describe_completions();

}  // namespace sightline::app
