// SPDX-License-Identifier: Apache-2.0
#include "cli/parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "cli/failure.h"
#include "cli/usage.h"

namespace sightline::app {
namespace {

bool takes_value(const Option* option) { return option != nullptr && !option->is_flag(); }

/// The option whose value is the argument after `argument`: "--top" or "-o", also at the end of "-vo"; null
/// if there is none.
const Option* option_before_value(const CommandLine& line, std::string_view argument) {
  if (argument.size() < 2 || argument[0] != '-') return nullptr;
  if (argument[1] == '-') {
    const Option* option = line.find(argument);
    return takes_value(option) ? option : nullptr;
  }
  for (std::size_t i = 1; i < argument.size(); ++i) {
    const Option* option = line.find(std::string("-") + argument[i]);
    if (option == nullptr) return nullptr;
    if (takes_value(option)) return i + 1 == argument.size() ? option : nullptr;
  }
  return nullptr;
}

/// The arguments before and after "--".
struct Arguments {
  std::vector<std::string> words;       ///< those before "--", options among them
  std::vector<std::string> positional;  ///< those after it
};

std::string needs_value(const Option& option) {
  return option.display_name() + " needs a value: " + option.value_text();
}

/// Splits "--name=", because CLI11 would take the next argument as the value. Errors: usage for an option
/// without a value and for a flag with one.
Arguments split(const CommandLine& line, std::span<char* const> arguments) {
  Arguments parts;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string argument = arguments[i];
    if (argument == "--") {
      parts.positional.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      break;
    }
    parts.words.push_back(argument);
    if (const Option* option = option_before_value(line, argument); option != nullptr) {
      const bool ends = i + 1 == arguments.size();
      if (option->value.arity == Arity::optional && (ends || !option->value.accepts(arguments[i + 1]))) {
        parts.words.emplace_back();
        continue;
      }
      if (ends) fail_usage(needs_value(*option));
      parts.words.emplace_back(arguments[++i]);  // even if it starts with a dash
      continue;
    }
    const std::size_t equals = argument.find('=');
    if (!argument.starts_with("--") || equals == std::string::npos) continue;
    const std::string name = argument.substr(0, equals);
    const Option* option = line.find(name);
    if (option == nullptr) continue;
    if (option->is_flag()) fail_usage(name + " takes no value");
    if (equals + 1 < argument.size()) continue;
    if (option->value.arity == Arity::optional) fail_usage(needs_value(*option));
    parts.words.back() = name;
    parts.words.emplace_back();
  }
  return parts;
}

/// Names in CLI11's syntax: "-o,--output" or "--exif,!--no-exif".
std::string names_for_parser(const Option& option) {
  std::string names;
  for (const std::string& name : option.names) {
    if (name.starts_with('-')) names.append(names.empty() ? "" : ",").append(name);
  }
  if (!option.negation.empty()) names.append(",!").append(option.negation);
  return names;
}

/// The result of CLI11: the values of each option, in the order of the options, and the remaining arguments.
struct Matches {
  std::vector<std::vector<std::string>> values;
  std::vector<std::string> rest;
};

/// CLI11 only matches names here, so that all error messages are ours.
Matches match(const CommandLine& line, std::vector<std::string> words) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<const CLI::Option*> added;
  for (const Option& option : line.options()) {
    const std::string names = names_for_parser(option);
    if (names.empty()) {
      added.push_back(nullptr);
    } else if (option.is_flag()) {
      added.push_back(app.add_flag(names));
    } else {
      // Each occurrence has one value, taken literally: with extra args, CLI11 would split "[a,b]".
      CLI::Option* taken = app.add_option(names, [](const CLI::results_t&) { return true; });
      added.push_back(
          taken->type_size(1)->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args(false));
    }
  }
  std::reverse(words.begin(), words.end());  // CLI11 expects them in reverse order
  app.parse(std::move(words));
  Matches matches;
  for (const CLI::Option* option : added) {
    matches.values.push_back(option == nullptr ? std::vector<std::string>() : option->results());
  }
  matches.rest = app.remaining();
  return matches;
}

/// Returns the positional arguments. Errors: usage for an unknown option.
std::vector<std::string> positional_arguments(const CommandLine& line, Matches& matches) {
  for (const std::string& word : matches.rest) {
    if (word.size() > 1 && word[0] == '-') fail_unknown_option(line, word.substr(0, word.find('=')));
  }
  return std::move(matches.rest);
}

void apply_values(Option& option, const std::vector<std::string>& values) {
  option.count += static_cast<int>(values.size());
  option.given.insert(option.given.end(), values.begin(), values.end());
  const std::string& name = option.display_name();
  if (!option.is_flag() && option.value.arity != Arity::many && option.count > 1) {
    fail_usage(name + " is given " + std::to_string(option.count) + " times, expected once");
  }
  for (const std::string& value : values) {
    if (option.is_flag()) {
      option.value.set_flag(value != "false");
    } else if (const std::string problem = option.value.parse(value); !problem.empty()) {
      fail_usage(name + " " + problem);
    }
  }
}

void apply_positional(CommandLine& line, std::vector<std::string> arguments) {
  if (arguments.empty()) return;
  for (Option& option : line.options()) {
    if (option.positional_name().empty()) continue;
    const bool one = option.value.arity == Arity::one;
    if (one && arguments.size() > 1) fail_usage("unexpected argument '" + arguments[1] + "'");
    apply_values(option, arguments);
    return;
  }
  fail_usage("unexpected argument '" + arguments.front() + "'");
}

void check_relations(const CommandLine& line) {
  for (const Option& option : line.options()) {
    if (option.count == 0) continue;
    if (!option.needs.empty() && !line.given(option.needs))
      fail_usage(option.display_name() + " requires " + option.needs);
    for (const Option& other : line.options()) {
      if (other.count == 0) continue;
      const auto excludes = [](const Option& a, const Option& b) {
        return std::find(a.excludes.begin(), a.excludes.end(), b.display_name()) != a.excludes.end();
      };
      if (excludes(option, other) || excludes(other, option))
        fail_usage(option.display_name() + " and " + other.display_name() + " cannot be combined");
    }
  }
}

}  // namespace

void parse(CommandLine& line, std::span<char* const> arguments) {
  Arguments parts = split(line, arguments);
  Matches matches = match(line, std::move(parts.words));
  std::vector<Option>& options = line.options();
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i].has_name("--help") && !matches.values[i].empty()) {
      line.help_requested = true;
      return;
    }
  }
  for (std::size_t i = 0; i < options.size(); ++i) apply_values(options[i], matches.values[i]);
  check_relations(line);
  std::vector<std::string> positional = positional_arguments(line, matches);
  positional.insert(positional.end(), parts.positional.begin(), parts.positional.end());
  apply_positional(line, std::move(positional));
}

}  // namespace sightline::app
