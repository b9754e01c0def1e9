#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "commands.h"
#include "console.h"
#include "failure.h"
#include "guard.h"
#include "help.h"
#include "sightline/base/format.h"
#include "sightline/io/file.h"
#include "signals.h"

namespace sightline::app {
namespace {

/// Two lines on stderr.
int report_usage(std::string_view problem, const Command* command) {
  const std::string name = command == nullptr ? "" : command->parser->get_name() + " ";
  write_stderr("sightline: " + error_word("") + ": " + printable(problem) + "\nsightline: try: sightline " +
               name + "--help\n");
  return kExitUsage;
}

const Command* parsed_command(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    if (command.parser->parsed()) return &command;
  }
  return nullptr;
}

/// "unknown option '--tpo'; did you mean '--top'?"
std::string explain_extra(const CLI::App& app, const std::vector<Command>& commands, const Command* command) {
  if (command != nullptr && command->parser->remaining().empty()) command = nullptr;  // it stood before
  const std::vector<std::string> extras = command == nullptr ? app.remaining() : command->parser->remaining();
  std::string culprit = extras.empty() ? "" : extras.front();
  const bool is_option = culprit.size() > 1 && culprit[0] == '-';
  if (is_option) culprit = culprit.substr(0, culprit.find('='));
  std::vector<std::string> names;
  if (is_option) {
    names = option_names(command == nullptr ? app : *command->parser);
  } else if (command == nullptr) {
    for (const Command& known : commands) names.push_back(known.parser->get_name());
    names.emplace_back("--help");
  }
  const std::string nearest = nearest_name(culprit, names);
  const std::string kind = is_option            ? "unknown option"
                           : command == nullptr ? "unknown command"
                                                : "unexpected argument";
  return kind + " '" + culprit + "'" + (nearest.empty() ? "" : "; did you mean '" + nearest + "'?");
}

/// CLI11's "Could not convert: --top = x" and "--top: is 'x', expected ..." as a sentence.
std::string explain_parse_error(std::string text) {
  constexpr std::string_view kConvert = "Could not convert: ";
  if (const std::size_t flag = text.find(" was given a disallowed flag override");
      flag != std::string::npos) {
    return "--" + text.substr(0, flag) + " takes no value";
  }
  const std::size_t equals = text.find(" = ");
  if (text.starts_with(kConvert) && equals != std::string::npos) {
    return text.substr(kConvert.size(), equals - kConvert.size()) + " is '" + text.substr(equals + 3) +
           "', expected a number";
  }
  if (const std::size_t at = text.find(": 1 required "); at != std::string::npos) {
    const std::size_t type = at + std::string_view(": 1 required ").size();
    return text.substr(0, at) + " needs a value: " + text.substr(type, text.rfind(' ') - type);
  }
  constexpr std::string_view kTooMany = ": At Most 1 required but received ";
  if (const std::size_t at = text.find(kTooMany); at != std::string::npos) {
    return text.substr(0, at) + " is given " + text.substr(at + kTooMany.size()) + " times, expected once";
  }
  if (const std::size_t at = text.find(" excludes "); at != std::string::npos) {
    return text.substr(0, at) + " and " + text.substr(at + 10) + " exclude each other";
  }
  if (const std::size_t at = text.find(": is '"); at != std::string::npos) text.erase(at, 1);
  return text;
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

/// `name` becomes that of the command, for messages.
int dispatch(int argc, char** argv, std::string& name) {
  CLI::App app("", "sightline");
  app.set_help_flag("-h,--help", "this page");
  app.set_version_flag("--version", SIGHTLINE_VERSION);
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
  try {
    app.parse(parser_arguments(argc, argv, commands));
  } catch (const CLI::CallForHelp&) {
    const Command* command = parsed_command(commands);
    in_stage(Stage::output, [&] { write_stdout(command ? command_help(*command) : main_help(commands)); });
    return kExitDone;
  } catch (const CLI::CallForVersion&) {
    in_stage(Stage::output, [] { write_stdout("sightline " SIGHTLINE_VERSION "\n"); });
    return kExitDone;
  } catch (const CLI::ExtrasError&) {
    const Command* command = parsed_command(commands);
    return report_usage(explain_extra(app, commands, command), command);
  } catch (const CLI::ParseError& error) {
    return report_usage(explain_parse_error(error.what()), parsed_command(commands));
  }
  const Command* command = parsed_command(commands);
  if (command != nullptr) return command->run();
  write_stderr(
      "usage: sightline COMMAND [options]\n"
      "commands: score, embed-image, embed-text, convert-weights, info; try: sightline --help\n");
  return kExitUsage;
}

}  // namespace
}  // namespace sightline::app

int main(int argc, char** argv) {
  sightline::guard_standard_streams();
  sightline::install_sigbus_guard();
  std::string command;
  const int status =
      sightline::app::run_guarded([&] { return sightline::app::dispatch(argc, argv, command); }, command);
  // All temporary files are gone by now.
  if (const int signal = sightline::app::pending_signal(); signal != 0 && status != 0)
    sightline::app::reraise(signal);
  return status;
}
