// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands.h"
#include "console.h"
#include "failure.h"
#include "guard.h"
#include "help.h"
#include "mapped_file_guard.h"
#include "sightline/base/cpu.h"
#include "sightline/files/file.h"
#include "signals.h"
#include "usage.h"
#include "version.h"

namespace sightline::app {
namespace {

const Command* parsed_command(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    if (command.parser->parsed()) return &command;
  }
  return nullptr;
}

/// The option of a command that takes a value and has this name, null when there is none.
const CLI::Option* option_with_value(const Command* command, const std::string& name) {
  if (command == nullptr || !name.starts_with('-')) return nullptr;
  const CLI::Option* option = command->parser->get_option_no_throw(name);
  return option != nullptr && option->get_items_expected_max() > 0 ? option : nullptr;
}

/// The arguments, last one first as CLI11 wants them, with "--caption=" in two: CLI11 would take the argument
/// behind it for its value.
std::vector<std::string> parser_arguments(int argc, char** argv, const std::vector<Command>& commands) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const Command* command = nullptr;
  for (const Command& known : commands) {
    if (!arguments.empty() && known.parser->get_name() == arguments.front()) command = &known;
  }
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    std::string& text = arguments[i];
    if (option_with_value(command, text) != nullptr) ++i;  // its value may look like anything
    if (!text.starts_with("--") || !text.ends_with('=')) continue;
    const std::string name = text.substr(0, text.size() - 1);
    if (option_with_value(command, name) == nullptr) continue;
    text = name;
    arguments.emplace(arguments.begin() + static_cast<std::ptrdiff_t>(++i));
  }
  std::reverse(arguments.begin(), arguments.end());
  return arguments;
}

/// `--version`, -V, with -v or without, in any order, and nothing else.
struct VersionRequest {
  bool asked = false;
  bool verbose = false;
};

VersionRequest version_request(std::span<char*> arguments) {
  VersionRequest request;
  for (const std::string_view argument : arguments) {
    const bool flags = argument.size() > 1 && argument[0] == '-' &&
                       argument.find_first_not_of("vV", 1) == std::string_view::npos;
    if (argument != "--version" && argument != "--verbose" && !flags) return {};
    request.asked |= argument == "--version" || (flags && argument.find('V') != std::string_view::npos);
    request.verbose |= argument == "--verbose" || (flags && argument.find('v') != std::string_view::npos);
  }
  return request;
}

/// `sightline help [COMMAND]`
int show_help(std::span<char*> arguments, std::span<const Command> commands) {
  const std::string name = arguments.empty() ? "--help" : arguments.front();
  if (arguments.size() > 1)
    return report_usage({"unexpected argument '" + std::string(arguments[1]) + "'", ""}, nullptr);
  if (name == "--help" || name == "-h" || name == "help") {
    in_stage(Stage::output, [&] { write_stdout(main_help(commands)); });
    return kExitDone;
  }
  for (const Command& command : commands) {
    if (command.parser->get_name() != name) continue;
    in_stage(Stage::output, [&] { write_stdout(command_help(command)); });
    return kExitDone;
  }
  return report_usage(explain_command(name, commands), nullptr);
}

/// `name` becomes that of the command, for messages.
int dispatch(int argc, char** argv, std::string& name) {
  const std::span<char*> arguments(argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0)));
  if (const VersionRequest version = version_request(arguments); version.asked) {
    in_stage(Stage::output, [&] { write_stdout(version.verbose ? version_page() : version_line()); });
    return kExitDone;
  }
  CLI::App app("", "sightline");
  app.set_help_flag("-h,--help", "this page");
  app.set_version_flag("-V,--version", std::string(version_line()));
  app.require_subcommand(0, 1);
  const std::vector<Command> commands = {add_score(app), add_embed_image(app), add_embed_text(app),
                                         add_convert_weights(app), add_info(app)};
  for (const Command& command : commands) {
    if (argc > 1 && command.parser->get_name() == argv[1]) name = std::string(argv[1]) + " ";
    for (CLI::Option* option : command.parser->get_options()) {
      if (option->check_name("--help")) option->group("Messages")->description("this page");
      if (option->get_items_expected_max() == 0) option->disable_flag_override();  // no --force=3
    }
  }
  if (!arguments.empty() && arguments.front() == std::string_view("help"))
    return show_help(arguments.subspan(1), commands);
  try {
    app.parse(parser_arguments(argc, argv, commands));
  } catch (const CLI::CallForHelp&) {
    const Command* command = parsed_command(commands);
    in_stage(Stage::output, [&] { write_stdout(command ? command_help(*command) : main_help(commands)); });
    return kExitDone;
  } catch (const CLI::CallForVersion&) {
    in_stage(Stage::output, [] { write_stdout(version_line()); });
    return kExitDone;
  } catch (const CLI::ExtrasError&) {
    const Command* command = parsed_command(commands);
    return report_usage(explain_extra(app, commands, command), command);
  } catch (const CLI::ParseError& error) {
    return report_usage({explain_parse_error(error.what()), ""}, parsed_command(commands));
  }
  const Command* command = parsed_command(commands);
  if (command != nullptr) {
    usable_features();  // SIGHTLINE_CPU is checked here, and not where the first image would be skipped
    return command->run();
  }
  write_stderr(
      "usage: sightline COMMAND [options]\n"
      "commands: score, embed-image, embed-text, convert-weights, info, help; try: sightline --help\n");
  return kExitUsage;
}

}  // namespace
}  // namespace sightline::app

int main(int argc, char** argv) {
  sightline::app::guard_standard_streams();
  sightline::app::install_mapped_file_guard();
  std::string command;
  const int status =
      sightline::app::run_guarded([&] { return sightline::app::dispatch(argc, argv, command); }, command);
  // All temporary files are gone by now.
  if (const int signal = sightline::app::pending_signal(); signal != 0 && status != 0)
    sightline::app::reraise(signal);
  return status;
}
