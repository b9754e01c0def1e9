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

/// Each function returns an OptionValue that writes to `target`, which must outlive the command line.

/// A flag: sets the target, or clears it if the negation is given.
OptionValue flag(bool& target);
/// A flag that counts its occurrences.
OptionValue counter(int& target);
OptionValue text(std::string& target);
OptionValue text(std::optional<std::string>& target);
/// Repeatable; appends each value unchanged.
OptionValue texts(std::vector<std::string>& target);
/// A value that may be left out, which leaves `target` empty; the argument after the option is the value if
/// it ends in `ending` and is not an option. `given` is set in both cases.
OptionValue optional_text(bool& given, std::string& target, std::string ending);
/// A whole number in [low, high].
OptionValue whole_number(std::int64_t& target, std::int64_t low, std::int64_t high);
OptionValue whole_number(std::optional<std::int64_t>& target, std::int64_t low, std::int64_t high);
/// A name that an option accepts, and its value.
template <class T>
struct Choice {
  std::string name;
  T value;
};

/// The name of `value`, which must be in the list.
template <class T>
const std::string& name_in(const std::vector<Choice<T>>& choices, T value) {
  return std::ranges::find(choices, value, &Choice<T>::value)->name;
}

/// "is 'x', expected one, two or three"
std::string invalid_choice(const std::string& text, const std::vector<std::string>& names);

/// One of `table()`, which is called only on demand because it may inspect the machine. `Table`: a function
/// that returns a range of Choice. `target`: a T or an optional of it; its current value is the default.
template <class Target, class Table>
OptionValue choice(Target& target, Table table) {
  OptionValue value;
  value.choices = [table] {
    std::vector<std::string> names;
    for (const auto& entry : table()) names.push_back(entry.name);
    return names;
  };
  value.parse = [&target, table, choices = value.choices](const std::string& text) -> std::string {
    for (const auto& entry : table()) {
      if (entry.name != text) continue;
      target = entry.value;
      return "";
    }
    return invalid_choice(text, choices());
  };
  return value;
}

/// As above with a list whose first entry is the default and is shown in the help; `optional_choice` has no
/// default.
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

/// The same value, with `text` shown as the default in the help.
OptionValue with_default(OptionValue value, std::string text);
}  // namespace sightline::app
