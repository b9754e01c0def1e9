// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sightline::app {

/// The sections of a help page, in order.
enum class HelpGroup { input, output, model, performance, messages };

/// How often an option may be given, and whether a value follows it.
enum class Arity {
  flag,      ///< no value; may be repeated
  one,       ///< one value, once
  many,      ///< one value each time
  optional,  ///< at most one value, once: the next argument only if `OptionValue::accepts` it
};

/// What a shell completes for a value, in addition to `OptionValue::choices`.
enum class Completion { none, files, folders, models };

/// How the values of an option are parsed and stored. Created by the functions in option_values.h.
struct OptionValue {
  Arity arity = Arity::one;
  /// Parses and stores one value. Returns "" or the problem: "is 'x', expected a or b". Null for a flag.
  std::function<std::string(const std::string& text)> parse;
  /// For Arity::optional: whether the argument after the option is its value. Without a value, "" is parsed.
  std::function<bool(const std::string& argument)> accepts;
  /// Handles one occurrence of a flag; `on` is false for its negation. Null if the option has values.
  std::function<void(bool on)> set_flag;
  /// The values that work in this build on this machine; null if any text is valid. May load libraries.
  std::function<std::vector<std::string>()> choices;
  std::string default_text;  ///< for the help; empty if there is none or the help states it
};

/// One option or positional argument of a command, with everything that the parser, the help pages, the
/// messages and the shell completions need.
struct Option {
  std::vector<std::string> names;  ///< {"-o", "--output"}; {"IMAGE"} is positional; {"MODEL", "-m"} is both
  std::string negation = {};       ///< for a flag: "--no-exif"
  std::string value_name = {};     ///< "FILE"; empty: the choices
  std::string help = {};           ///< a noun phrase or an imperative; a default in brackets at its end
  HelpGroup group = HelpGroup::input;
  OptionValue value = {};
  Completion completion = Completion::none;
  std::vector<std::string> excludes = {};  ///< options that cannot be combined with this one
  std::string needs = {};                  ///< an option that this one requires
  int count = 0;                           ///< number of occurrences, set by `parse`
  std::vector<std::string> given = {};     ///< their values, set by `parse`; of a flag, "true" or "false"

  bool is_flag() const { return value.arity == Arity::flag; }
  /// Its name as a positional argument; "" if it is not one.
  std::string_view positional_name() const;
  /// Whether `name` is one of its dashed names or its negation.
  bool has_name(std::string_view name) const;
  /// Its name in messages: the long name, else the first one.
  const std::string& display_name() const;
  /// The placeholder for a value: "FILE", "hf|openai".
  std::string value_text() const;
};

/// "one, two or three"
std::string enumerate(std::span<const std::string> names, std::string_view last);

/// The options of a command and its action. The first option is `-h, --help`.
class CommandLine {
 public:
  CommandLine();

  /// The returned reference is valid until the next call.
  Option& add(Option option);
  /// The option with this name ("--top", "-c"); null if there is none.
  Option* find(std::string_view name);
  const Option* find(std::string_view name) const;
  /// Whether the option was given. An option with this name must exist.
  bool given(std::string_view name) const;
  std::vector<Option>& options() { return options_; }
  const std::vector<Option>& options() const { return options_; }
  /// All long names.
  std::vector<std::string> long_names() const;

  /// Runs the command after `parse` has filled its options. Returns the exit status.
  std::function<int(const CommandLine&)> run;
  bool help_requested = false;

 private:
  std::vector<Option> options_;
};

/// One row of the table of commands.
struct Command {
  std::string_view name, summary;
  std::string_view arguments;  ///< "[IMAGE...] (-c TEXT... | ...)"
  std::string_view examples;   ///< lines for the end of the help
  CommandLine (*describe)();   ///< its options, bound to values that live as long as the result
};

}  // namespace sightline::app
