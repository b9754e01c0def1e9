// SPDX-License-Identifier: Apache-2.0
#include "help.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>

namespace sightline::app {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kIndent = 30;

/// `text` broken at blanks, later lines indented by `indent`.
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
std::string option_title(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true, false);
  std::string title;
  for (const std::string& name : option.get_snames()) title += (title.empty() ? "-" : ", -") + name;
  for (const std::string& name : option.get_lnames()) title += (title.empty() ? "--" : ", --") + name;
  if (option.get_items_expected_max() > 0 && !option.get_type_name().empty()) {
    const std::string type = option.get_type_name();  // "NAME:validator"
    title += " " + type.substr(0, type.find(':'));
  }
  return title;
}

void append_option(std::string& out, const CLI::Option& option) {
  std::string line = "  " + option_title(option);
  if (line.size() + 2 > kIndent) {
    line += "\n" + std::string(kIndent, ' ');
  } else {
    line.append(kIndent - line.size(), ' ');
  }
  std::string text = option.get_description();
  const std::string preset = option.get_default_str();
  if (!preset.empty() && text.find('[') == std::string::npos) text += " [" + preset + "]";
  out += line + wrap(text, kIndent, kIndent) + "\n";
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string main_help(std::span<const Command> commands) {
  std::string out =
      "sightline ranks captions against images and writes CLIP embeddings.\n\n"
      "usage: sightline COMMAND [options]\n\nCommands\n";
  for (const Command& command : commands) {
    std::string name = "  " + command.parser->get_name();
    name.append(20 - name.size(), ' ');
    out += name + command.parser->get_description() + "\n";
  }
  return out + "  help              Shows this page, or that of a command\n" +
         "\nOptions\n"
         "  -h, --help        this page, or that of a command: sightline COMMAND --help\n"
         "  -V, --version     the version; with -v also libraries, formats, kernels\n\n"
         "Examples\n"
         "  sightline score photo.jpg -c 'a cat' -c 'a dog'\n"
         "  sightline embed-image photos/ -o photos.npy\n"
         "  sightline info\n";
}

std::string command_help(const Command& command) {
  const CLI::App& parser = *command.parser;
  std::string usage = "usage: sightline " + parser.get_name() + " ";
  usage += wrap(command.arguments, usage.size(), usage.size());
  std::string out = parser.get_description() + ".\n\n" + usage + "\n";
  for (const std::string_view group : {"Input", "Output", "Model", "Performance", "Messages"}) {
    std::string options;
    for (const CLI::Option* option : parser.get_options()) {
      if (option->get_group() == group) append_option(options, *option);
    }
    if (!options.empty()) out.append("\n").append(group).append("\n").append(options);
  }
  return out.append("\nExamples\n").append(command.examples);
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& names) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : names) {
    const bool begins = name.size() >= 3 && std::string_view(candidate).starts_with(name);
    const std::size_t distance = begins ? 1 : edit_distance(name, candidate);
    if (distance < best_distance && distance < candidate.size() - 1) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::vector<std::string> option_names(const CLI::App& parser) {
  std::vector<std::string> names;
  for (const CLI::Option* option : parser.get_options()) {
    if (option->get_group().empty()) continue;
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

}  // namespace sightline::app
