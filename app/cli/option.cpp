// SPDX-License-Identifier: Apache-2.0
#include "cli/option.h"

#include <algorithm>
#include <cassert>

namespace sightline::app {
namespace {

bool is_positional(std::string_view name) { return !name.starts_with('-'); }

}  // namespace

std::string_view Option::positional_name() const {
  const auto found = std::find_if(names.begin(), names.end(), is_positional);
  return found == names.end() ? std::string_view() : *found;
}

bool Option::has_name(std::string_view name) const {
  if (is_positional(name)) return false;
  return name == negation || std::find(names.begin(), names.end(), name) != names.end();
}

const std::string& Option::display_name() const {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [](const std::string& name) { return name.starts_with("--"); });
  return found == names.end() ? names.front() : *found;
}

std::string Option::value_text() const {
  if (!value_name.empty() || !value.choices) return value_name;
  std::string text;
  for (const std::string& choice : value.choices()) text.append(text.empty() ? "" : "|").append(choice);
  return text;
}

std::string enumerate(std::span<const std::string> names, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text.append(i == 0 ? "" : i + 1 == names.size() ? last : ", ").append(names[i]);
  }
  return text;
}

CommandLine::CommandLine() {
  options_.reserve(64);
  Option help{.names = {"-h", "--help"}, .help = "show this page", .group = HelpGroup::messages};
  help.value.arity = Arity::flag;
  help.value.set_flag = [](bool) {};
  add(std::move(help));
}

Option& CommandLine::add(Option option) {
  options_.push_back(std::move(option));
  return options_.back();
}

const Option* CommandLine::find(std::string_view name) const {
  const auto found = std::find_if(options_.begin(), options_.end(),
                                  [&](const Option& option) { return option.has_name(name); });
  return found == options_.end() ? nullptr : &*found;
}

Option* CommandLine::find(std::string_view name) {
  return const_cast<Option*>(static_cast<const CommandLine*>(this)->find(name));
}

bool CommandLine::given(std::string_view name) const {
  const Option* option = find(name);
  assert(option != nullptr);
  return option != nullptr && option->count > 0;
}

std::vector<std::string> CommandLine::long_names() const {
  std::vector<std::string> names;
  for (const Option& option : options_) {
    for (const std::string& name : option.names) {
      if (name.starts_with("--")) names.push_back(name);
    }
    if (!option.negation.empty()) names.push_back(option.negation);
  }
  return names;
}

}  // namespace sightline::app
