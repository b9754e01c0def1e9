// SPDX-License-Identifier: Apache-2.0
#include "cli/completion_writers.h"
#include "cli/help.h"

namespace sightline::app {
namespace {

constexpr std::string_view kBegin = R"(#compdef sightline
# zsh completion for sightline; written by: sightline completions zsh
_sightline() {
  local -a commands
  commands=(
)";
constexpr std::string_view kMiddle = R"(    'help:Shows the help of a command'
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _arguments : '(-)'{-h,--help}'[show the help]' '(-)'{-V,--version}'[show the version]'
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    help) _describe -t commands command commands ;;
)";
// Supports both a folder in $fpath and `source`.
constexpr std::string_view kEnd = R"(  esac
}
if [[ $funcstack[1] == _sightline ]]; then
  _sightline "$@"
else
  compdef _sightline sightline
fi
)";

std::string shell_quoted(std::string_view text) { return "'" + replace_all(text, "'", "'\\''") + "'"; }

/// Escapes the description in a specification of `_arguments`.
std::string bracketed(std::string_view text) {
  const std::string escaped = replace_all(replace_all(text, "\\", "\\\\"), "[", "\\[");
  return "[" + replace_all(escaped, "]", "\\]") + "]";
}

/// The part that describes the value: ":FILE:_files".
std::string action(const Option& option, std::string_view value_name) {
  const std::string words = completion_words(option);
  std::string out = ":" + replace_all(value_name, ":", "\\:") + ":";
  switch (option.completion) {
    case Completion::files:
      return out + "_files";
    case Completion::folders:
      return out + "_files -/";
    case Completion::models:
      return out + "{_values preset " + words + "; _files}";
    case Completion::none:
      return out + (words.empty() ? " " : "(" + words + ")");
  }
  return out;
}

/// "'(-o --output)'{-o+,--output=}'[output file]:FILE:_files'"
std::string specification(const Option& option) {
  const std::vector<std::string> names = dashed_names(option);
  const bool flag = option.is_flag();
  std::string group, forms;
  for (const std::string& name : names) {
    const std::string_view suffix = flag ? "" : name.starts_with("--") ? "=" : "+";
    group.append(group.empty() ? "" : " ").append(name);
    forms.append(forms.empty() ? "" : ",").append(name).append(suffix);
  }
  for (const std::string& other : option.excludes) group.append(" ").append(other);
  const bool repeatable = option.value.arity == Arity::many || option.has_name("--verbose");
  std::string out = repeatable ? "'*'" : shell_quoted("(" + group + ")");
  out += names.size() == 1 ? forms : "{" + forms + "}";
  std::string text = bracketed(help_without_default(option));
  if (option.value.arity == Arity::optional) text += ':';  // "::": the value may be left out
  if (!flag) text += action(option, option.value_name.empty() ? names.back().substr(2) : option.value_name);
  return out + shell_quoted(text);
}

void append_command(std::string& out, const Command& command) {
  const CommandLine line = command.describe();
  out.append("    ").append(command.name).append(")\n      _arguments -s");
  for (const Option& option : line.options()) {
    if (!dashed_names(option).empty()) out.append(" \\\n        ").append(specification(option));
    if (option.positional_name().empty()) continue;
    const bool many = option.value.arity == Arity::many;
    out.append(" \\\n        ")
        .append(shell_quoted((many ? "*" : "1") + action(option, option.positional_name())));
  }
  out.append("\n      ;;\n");
}

}  // namespace

std::string zsh_completions(std::span<const Command> commands) {
  std::string out(kBegin);
  for (const Command& command : commands) {
    const std::string entry = std::string(command.name) + ":" + std::string(command.summary);
    out.append("    ").append(shell_quoted(entry)).append("\n");
  }
  out.append(kMiddle);
  for (const Command& command : commands) append_command(out, command);
  return out.append(kEnd);
}

}  // namespace sightline::app
