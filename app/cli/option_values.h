// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/option.h"

namespace sightline::app {

/// Each function gives the value of an option that writes to `target`, which must outlive the command line.

/// No value: sets the target, or clears it under the option's negation.
OptionValue flag(bool& target);
/// No value: counts how often it is given.
OptionValue counter(int& target);
OptionValue text(std::string& target);
OptionValue text(std::optional<std::string>& target);
/// Repeatable; every value as it was given.
OptionValue texts(std::vector<std::string>& target);
/// A whole number in [low, high].
OptionValue whole_number(std::int64_t& target, std::int64_t low, std::int64_t high);
OptionValue whole_number(std::optional<std::int64_t>& target, std::int64_t low, std::int64_t high);
/// Refuses the option with "NAME is not supported yet" instead of not knowing it.
OptionValue not_supported(Arity arity, std::string name);

/// A name that an option accepts and what it stands for.
template <class T>
struct Choice {
  std::string name;
  T value;
};

/// "is 'x', expected one, two or three"
std::string not_among(const std::string& text, const std::vector<std::string>& names);

/// One of `table()`, which is asked when it is needed: it may look at the machine. `Table`: a function that
/// returns a range of Choice. `target`: a T or an optional of it, whose value now is the default.
template <class Target, class Table>
OptionValue choice(Target& target, Table table) {
  OptionValue value;
  value.choices = [table] {
    std::vector<std::string> names;
    for (const auto& entry : table()) names.push_back(entry.name);
    return names;
  };
  value.take = [&target, table, choices = value.choices](const std::string& text) -> std::string {
    for (const auto& entry : table()) {
      if (entry.name != text) continue;
      target = entry.value;
      return "";
    }
    return not_among(text, choices());
  };
  return value;
}

/// The same from a list whose first entry is the default, which the help shows; `optional_choice` has none.
template <class T>
OptionValue choice(T& target, std::vector<Choice<T>> list) {
  const std::string preset = list.front().name;
  OptionValue value =
      choice(target, [list = std::move(list)]() -> const std::vector<Choice<T>>& { return list; });
  value.default_text = preset;
  return value;
}
template <class T>
OptionValue optional_choice(std::optional<T>& target, std::vector<Choice<T>> list) {
  return choice(target, [list = std::move(list)]() -> const std::vector<Choice<T>>& { return list; });
}

/// The same value with `text` as the default that the help shows.
OptionValue with_default(OptionValue value, std::string text);
/// Refuses the values `names` of an option with "NAME VALUE is not supported yet" before `value` sees them.
OptionValue without(OptionValue value, std::string option, std::vector<std::string> names);

}  // namespace sightline::app
