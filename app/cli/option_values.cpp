// SPDX-License-Identifier: Apache-2.0
#include "cli/option_values.h"

#include <charconv>
#include <limits>

#include "cli/failure.h"

namespace sightline::app {
namespace {

/// Passes `text` to `use` if it is a whole number in [low, high]; otherwise reports the problem.
template <class Use>
OptionValue number_value(std::int64_t low, std::int64_t high, Use use) {
  OptionValue value;
  value.parse = [low, high, use](const std::string& text) -> std::string {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc{} && stop == end && number >= low && number <= high) {
      use(number);
      return "";
    }
    const bool open = high == std::numeric_limits<std::int64_t>::max();
    return "is '" + text + "', expected a whole number, " + std::to_string(low) +
           (open ? " or more" : " to " + std::to_string(high));
  };
  return value;
}

template <class Target>
OptionValue text_value(Target& target) {
  OptionValue value;
  value.parse = [&target](const std::string& text) {
    target = text;
    return std::string();
  };
  return value;
}

}  // namespace

OptionValue flag(bool& target) {
  OptionValue value;
  value.arity = Arity::flag;
  value.set_flag = [&target](bool on) { target = on; };
  return value;
}

OptionValue counter(int& target) {
  OptionValue value;
  value.arity = Arity::flag;
  value.set_flag = [&target](bool) { ++target; };
  return value;
}

OptionValue text(std::string& target) { return text_value(target); }
OptionValue text(std::optional<std::string>& target) { return text_value(target); }

OptionValue texts(std::vector<std::string>& target) {
  OptionValue value;
  value.arity = Arity::many;
  value.parse = [&target](const std::string& text) {
    target.push_back(text);
    return std::string();
  };
  return value;
}

OptionValue optional_text(bool& given, std::string& target, std::string ending) {
  OptionValue value;
  value.arity = Arity::optional;
  value.parse = [&given, &target](const std::string& text) {
    given = true;
    target = text;
    return std::string();
  };
  value.accepts = [ending = std::move(ending)](const std::string& argument) {
    return argument.ends_with(ending) && !argument.starts_with('-');
  };
  return value;
}

OptionValue whole_number(std::int64_t& target, std::int64_t low, std::int64_t high) {
  return number_value(low, high, [&target](std::int64_t number) { target = number; });
}

OptionValue whole_number(std::optional<std::int64_t>& target, std::int64_t low, std::int64_t high) {
  return number_value(low, high, [&target](std::int64_t number) { target = number; });
}

std::string invalid_choice(const std::string& text, const std::vector<std::string>& names) {
  return "is '" + text + "', expected " + enumerate(names, " or ");
}

OptionValue with_default(OptionValue value, std::string text) {
  value.default_text = std::move(text);
  return value;
}

}  // namespace sightline::app
