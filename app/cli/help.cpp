// SPDX-License-Identifier: Apache-2.0
#include "cli/help.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace sightline::app {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kIndent = 30;
constexpr std::size_t kCommandColumns = 20;

constexpr std::pair<HelpGroup, std::string_view> kGroups[] = {{HelpGroup::input, "Input"},
                                                              {HelpGroup::output, "Output"},
                                                              {HelpGroup::model, "Model"},
                                                              {HelpGroup::performance, "Performance"},
                                                              {HelpGroup::messages, "Messages"}};

/// Breaks `text` at spaces and indents all lines but the first by `indent`.
std::string wrap(std::string_view text, std::size_t column, std::size_t indent) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (column + end >= kColumns && column > indent) {
      out.append("\n").append(indent, ' ');
      column = indent;
    } else if (!out.empty()) {
      out += ' ';
      ++column;
    }
    out.append(text.substr(0, end));
    column += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// "-o, --output FILE"
std::string option_title(const Option& option) {
  if (!option.positional_name().empty()) return std::string(option.positional_name());
  std::string title;
  for (const std::string& name : option.names) title.append(title.empty() ? "" : ", ").append(name);
  if (!option.negation.empty()) title.append(", ").append(option.negation);
  if (const std::string value = option.value_text(); !value.empty()) title.append(" ").append(value);
  return title;
}

void append_option(std::string& out, const Option& option) {
  std::string line = "  " + option_title(option);
  if (line.size() + 2 > kIndent) {
    line += "\n" + std::string(kIndent, ' ');
  } else {
    line.append(kIndent - line.size(), ' ');
  }
  std::string text = option.help;
  const std::string& preset = option.value.default_text;
  if (!preset.empty() && text.find('[') == std::string::npos) text += " [" + preset + "]";
  out += line + wrap(text, kIndent, kIndent) + "\n";
}

void append_command(std::string& out, std::string_view name, std::string_view summary) {
  const std::size_t begin = out.size();
  out.append("  ").append(name);
  out.append(begin + kCommandColumns - out.size(), ' ').append(summary).append("\n");
}

}  // namespace

std::string main_help(std::span<const Command> commands) {
  std::string out =
      "sightline ranks captions against images and writes CLIP embeddings.\n\n"
      "usage: sightline COMMAND [options]\n\nCommands\n";
  for (const Command& command : commands) append_command(out, command.name, command.summary);
  append_command(out, "help", "Shows this page, or the help of a command");
  return out +
         "\nOptions\n"
         "  -h, --help        show this page; sightline COMMAND --help shows the help of\n"
         "                    a command\n"
         "  -V, --version     show the version; with -v also libraries, image formats and\n"
         "                    kernels\n"
         "\nExamples\n"
         "  sightline score photo.jpg -c 'a cat' -c 'a dog'\n"
         "  sightline embed-image photos/ -o photos.npy\n"
         "  sightline info\n";
}

std::string command_help(const Command& command) {
  const CommandLine line = command.describe();
  std::string usage = "usage: sightline " + std::string(command.name) + " ";
  usage += wrap(command.arguments, usage.size(), usage.size());
  std::string out = std::string(command.summary) + ".\n\n" + usage + "\n";
  for (const auto& [group, title] : kGroups) {
    std::string options;
    for (const Option& option : line.options()) {
      if (option.group == group) append_option(options, option);
    }
    if (!options.empty()) out.append("\n").append(title).append("\n").append(options);
  }
  return out.append("\nExamples\n").append(command.examples);
}

std::string_view help_without_default(const Option& option) {
  const std::string_view help = option.help;
  return help.substr(0, std::min(help.find(" ["), help.size()));
}

}  // namespace sightline::app
