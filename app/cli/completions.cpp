// SPDX-License-Identifier: Apache-2.0
#include "cli/completions.h"

#include "cli/completion_writers.h"
#include "sightline/model/locate.h"

namespace sightline::app {
namespace {

constexpr CompletionShell kShells[] = {
    {"bash", bash_completions},
    {"zsh", zsh_completions},
    {"fish", fish_completions},
};

}  // namespace

std::span<const CompletionShell> completion_shells() { return kShells; }

std::string completion_words(const Option& option) {
  std::vector<std::string> words;
  if (option.value.choices) words = option.value.choices();
  if (option.completion == Completion::models) {
    for (const Preset& preset : presets()) words.push_back(preset.name);
  }
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

std::vector<std::string> dashed_names(const Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.names) {
    if (name.starts_with('-')) names.push_back(name);
  }
  if (!option.negation.empty()) names.push_back(option.negation);
  return names;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
    out.append(text.substr(0, at)).append(to);
    text.remove_prefix(at + from.size());
  }
  return out.append(text);
}

}  // namespace sightline::app
