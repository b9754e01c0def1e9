// SPDX-License-Identifier: Apache-2.0
#include "cli/completion_writers.h"

namespace sightline::app {
namespace {

// Bash passes "--format=csv" to a completion function as three words.
constexpr std::string_view kBegin = R"(# bash completion for sightline; written by: sightline completions bash
_sightline() {
  local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
  local commands='COMMANDS' options= words= kind= argument_words= argument_kind=none name
  COMPREPLY=()
  if [[ $current == '=' ]]; then
    current=
  elif [[ $option == '=' && $COMP_CWORD -gt 2 ]]; then
    option=${COMP_WORDS[COMP_CWORD-2]}
  fi
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "$commands help --help --version" -- "$current"))
    return
  fi
  case ${COMP_WORDS[1]} in
    help) argument_words=$commands ;;
)";
constexpr std::string_view kEnd = R"(  esac
  if [[ -z $kind && $current == -* ]]; then
    words=$options kind=none
  elif [[ -z $kind ]]; then
    words=$argument_words kind=$argument_kind
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case $kind in
    files | folders)
      compopt -o filenames 2>/dev/null
      while IFS= read -r name; do COMPREPLY+=("$name"); done < <(
        if [[ $kind == files ]]; then compgen -f -- "$current"; else compgen -d -- "$current"; fi
      )
      ;;
  esac
}
complete -F _sightline sightline
)";

std::string_view kind_of(const Option& option) {
  switch (option.completion) {
    case Completion::none:
      return "none";
    case Completion::files:
    case Completion::models:
      return "files";
    case Completion::folders:
      return "folders";
  }
  return "none";
}

std::string joined(const std::vector<std::string>& names, std::string_view separator) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : separator).append(name);
  return text;
}

void append_command(std::string& out, const Command& command) {
  const CommandLine line = command.describe();
  std::vector<std::string> names;
  std::string argument, values;
  for (const Option& option : line.options()) {
    const std::vector<std::string> dashed = dashed_names(option);
    names.insert(names.end(), dashed.begin(), dashed.end());
    const std::string words = completion_words(option);
    const std::string kind(kind_of(option));
    if (!option.positional_name().empty())
      argument = "      argument_words='" + words + "' argument_kind=" + kind + "\n";
    if (option.is_flag() || dashed.empty()) continue;
    values += "        " + joined(dashed, " | ") + ") words='" + words + "' kind=" + kind + " ;;\n";
  }
  out.append("    ")
      .append(command.name)
      .append(")\n      options='")
      .append(joined(names, " "))
      .append("'\n");
  out.append(argument);
  if (!values.empty()) out.append("      case $option in\n").append(values).append("      esac\n");
  out.append("      ;;\n");
}

}  // namespace

std::string bash_completions(std::span<const Command> commands) {
  std::string names;
  for (const Command& command : commands) names.append(names.empty() ? "" : " ").append(command.name);
  std::string out = replace_all(kBegin, "COMMANDS", names);
  for (const Command& command : commands) append_command(out, command);
  return out.append(kEnd);
}

}  // namespace sightline::app
