// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sightline::app {

/// The sections of a help page, in their order.
enum class HelpGroup { input, output, model, performance, messages };

/// How often an option may be given, and whether a value follows it.
enum class Arity {
  flag,  ///< no value; may be repeated
  one,   ///< one value, once
  many,  ///< one value each time
};

/// What a shell offers where a value stands, besides `OptionValue::choices`.
enum class Completion { none, files, folders, models };

/// What an option's values mean: made by the functions of option_values.h.
struct OptionValue {
  Arity arity = Arity::one;
  /// Takes one value. Returns "" or what is wrong with it: "is 'x', expected a or b". Null for a flag.
  std::function<std::string(const std::string& text)> take;
  /// Takes one occurrence of a flag; `on` is false for its negation. Null where values are taken.
  std::function<void(bool on)> turn;
  /// The values that work in this build on this machine; null: any text. May load libraries.
  std::function<std::vector<std::string>()> choices;
  std::string default_text;  ///< for the help; empty: none, or the help says it
};

/// One option or positional argument of a command: everything that the parser, the help pages, the messages
/// and the shell completions say of it.
struct Option {
  std::vector<std::string> names;  ///< {"-o", "--output"}; {"IMAGE"} is positional; {"MODEL", "-m"} is both
  std::string negation = {};       ///< of a flag: "--no-exif"
  std::string value_name = {};     ///< "FILE"; empty: the choices
  std::string help = {};           ///< a noun phrase or an imperative; a default in brackets at its end
  HelpGroup group = HelpGroup::input;
  OptionValue value = {};
  Completion completion = Completion::none;
  std::vector<std::string> excludes = {};  ///< names of options that may not be given too
  std::string needs = {};                  ///< the name of an option without which this one means nothing
  bool hidden = false;                     ///< neither shown nor suggested
  int count = 0;                           ///< how often it was given, set by `parse`

  bool is_flag() const { return value.arity == Arity::flag; }
  /// Its name among positional arguments, "" when it is none.
  std::string_view positional_name() const;
  /// Whether `name` is one of its names with dashes, or its negation.
  bool has_name(std::string_view name) const;
  /// What messages call it: its long name, else the first.
  const std::string& display_name() const;
  /// What stands for a value: "FILE", "hf|openai".
  std::string value_text() const;
};

/// "one, two or three"
std::string enumerate(std::span<const std::string> names, std::string_view last);

/// The options of a command and what it does. Begins with `-h, --help`.
class CommandLine {
 public:
  CommandLine();

  /// A reference that is valid until the next call.
  Option& add(Option option);
  /// The option with this name ("--top", "-c"), null when there is none.
  Option* find(std::string_view name);
  const Option* find(std::string_view name) const;
  /// Whether the option was given. It exists.
  bool given(std::string_view name) const;
  std::vector<Option>& options() { return options_; }
  const std::vector<Option>& options() const { return options_; }
  /// The names with two dashes that may be shown.
  std::vector<std::string> long_names() const;

  /// Does what the command is for, once `parse` has filled its options; gives the exit status.
  std::function<int(const CommandLine&)> run;
  bool help_requested = false;

 private:
  std::vector<Option> options_;
};

/// One line of the table of commands.
struct Command {
  std::string_view name, summary;
  std::string_view arguments;  ///< "[IMAGE...] (-c TEXT... | ...)"
  std::string_view examples;   ///< lines for the foot of the help
  CommandLine (*describe)();   ///< its options, bound to values that live as long as the result
};

}  // namespace sightline::app
