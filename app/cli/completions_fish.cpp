// SPDX-License-Identifier: Apache-2.0
#include "cli/completion_writers.h"
#include "cli/help.h"

namespace sightline::app {
namespace {

constexpr std::string_view kBegin =
    "# fish completion for sightline; written by: sightline completions fish\n"
    "complete -c sightline -f\n"
    "complete -c sightline -n __fish_use_subcommand -s h -l help -d 'show the help'\n"
    "complete -c sightline -n __fish_use_subcommand -s V -l version -d 'show the version'\n";

std::string shell_quoted(std::string_view text) {
  return "'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}

/// " -s o -l output"
std::string names_of(const Option& option) {
  std::string out;
  for (const std::string& name : dashed_names(option))
    out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  return out;
}

/// " -F -a 'a b'": completes files and words, if there are any.
std::string offers(const Option& option) {
  const std::string words = completion_words(option);
  std::string out;
  if (option.completion == Completion::files || option.completion == Completion::models) out += " -F";
  if (option.completion == Completion::folders) out += " -a '(__fish_complete_directories)'";
  return words.empty() ? out : out + " -a " + shell_quoted(words);
}

void append_command(std::string& out, const Command& command) {
  const std::string begin =
      "complete -c sightline -n '__fish_seen_subcommand_from " + std::string(command.name) + "'";
  const CommandLine line = command.describe();
  for (const Option& option : line.options()) {
    if (!option.positional_name().empty()) {
      const std::string offered = offers(option);
      if (!offered.empty()) out += begin + offered + "\n";
    }
    const std::string names = names_of(option);
    if (names.empty()) continue;
    const std::string description = " -d " + shell_quoted(help_without_default(option));
    if (option.is_flag()) {
      out += begin + names + description + "\n";
      continue;
    }
    const bool files = option.completion == Completion::files || option.completion == Completion::models;
    const bool optional = option.value.arity == Arity::optional;
    out += begin + names + (optional ? "" : files ? " -r" : " -x") + offers(option) + description + "\n";
  }
}

}  // namespace

std::string fish_completions(std::span<const Command> commands) {
  std::string out(kBegin);
  std::string names;
  for (const Command& command : commands) {
    names.append(names.empty() ? "" : " ").append(command.name);
    out += "complete -c sightline -n __fish_use_subcommand -a " + std::string(command.name) + " -d " +
           shell_quoted(command.summary) + "\n";
  }
  out += "complete -c sightline -n __fish_use_subcommand -a help -d 'Shows the help of a command'\n";
  out += "complete -c sightline -n '__fish_seen_subcommand_from help' -a " + shell_quoted(names) + "\n";
  for (const Command& command : commands) append_command(out, command);
  return out;
}

}  // namespace sightline::app
