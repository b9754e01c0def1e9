// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "cli/failure.h"
#include "cli/guard.h"
#include "cli/help.h"
#include "cli/mapped_file_guard.h"
#include "cli/parser.h"
#include "cli/signals.h"
#include "cli/usage.h"
#include "commands/commands.h"
#include "commands/version.h"
#include "sightline/base/cpu.h"

namespace sightline::app {
namespace {

using Arguments = std::span<char* const>;

/// `-V` or `--version`, with or without `-v`, in any order.
struct VersionRequest {
  bool requested = false;
  bool verbose = false;
  std::string other;  ///< the first other argument
};

VersionRequest version_request(Arguments arguments) {
  VersionRequest request;
  for (const std::string_view argument : arguments) {
    const bool flags = argument.size() > 1 && argument[0] == '-' &&
                       argument.find_first_not_of("vV", 1) == std::string_view::npos;
    if (argument != "--version" && argument != "--verbose" && !flags) {
      if (request.other.empty()) request.other = argument;
      continue;
    }
    request.requested |= argument == "--version" || (flags && argument.find('V') != std::string_view::npos);
    request.verbose |= argument == "--verbose" || (flags && argument.find('v') != std::string_view::npos);
  }
  return request;
}

int print(const std::string& text) {
  in_stage(Stage::output, [&] { write_stdout(text); });
  return kExitSuccess;
}

bool is_help_argument(std::string_view argument) {
  return argument == "help" || argument == "--help" || argument == "-h";
}

/// Implements `sightline help [COMMAND]`; `arguments` are those after "help".
int show_help(Arguments arguments) {
  if (arguments.size() > 1) fail_usage("unexpected argument '" + std::string(arguments[1]) + "'");
  if (arguments.empty() || is_help_argument(arguments.front())) return print(main_help(commands()));
  const Command* command = find_command(arguments.front());
  if (command == nullptr) fail_unknown_command(arguments.front(), commands());
  return print(command_help(*command));
}

int run_command(const Command& command, Arguments arguments) {
  CommandLine line = command.describe();
  parse(line, arguments);
  if (line.help_requested) return print(command_help(command));
  usable_features();  // checks SIGHTLINE_CPU early, so that an invalid value does not appear as a failed
                      // image
  return line.run(line);
}

/// Sets `name` to the name of the command, for messages.
int dispatch(Arguments arguments, std::string& name) {
  if (arguments.empty()) {
    std::string names;
    for (const Command& command : commands()) names.append(command.name).append(", ");
    write_stderr("usage: sightline COMMAND [options]\ncommands: " + names + "help; try: sightline --help\n");
    return kExitUsage;
  }
  if (const Command* command = find_command(arguments.front()); command != nullptr) {
    name = std::string(command->name) + " ";
    return run_command(*command, arguments.subspan(1));
  }
  if (is_help_argument(arguments.front())) return show_help(arguments.subspan(1));
  const VersionRequest version = version_request(arguments);
  if (!version.requested || version.other == arguments.front())
    fail_unknown_command(arguments.front(), commands());
  if (!version.other.empty()) fail_usage("unexpected argument '" + version.other + "'");
  return print(version.verbose ? version_page() : version_line());
}

}  // namespace
}  // namespace sightline::app

int main(int argc, char** argv) {
  sightline::app::guard_standard_streams();
  sightline::app::install_mapped_file_guard();
  std::string command;
  const std::span<char* const> arguments(argv + std::min(argc, 1), argv + argc);
  const int status =
      sightline::app::run_guarded([&] { return sightline::app::dispatch(arguments, command); }, command);
  // All temporary files have been removed.
  if (const int signal = sightline::app::pending_signal(); signal != 0 && status != 0)
    sightline::app::reraise(signal);
  return status;
}
