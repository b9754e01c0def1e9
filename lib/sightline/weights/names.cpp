// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/names.h"

#include <algorithm>
#include <array>
#include <optional>

#include "sightline/base/error.h"
#include "sightline/weights/foreign_names.h"

namespace sightline {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Consumes the digits at the start of `rest`.
std::string_view take_digits(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_digit);
  const std::string_view digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(digits.size());
  return digits;
}

// Consumes `_3` at the start of `rest` as 3; anything else means the first of its kind, 0.
std::string_view take_counter(std::string_view& rest) {
  if (rest.size() < 2 || rest[0] != '_' || !is_digit(rest[1])) return "0";
  rest.remove_prefix(1);
  return take_digits(rest);
}

// The numbers matched by `{}` and `{_}`, or nothing if the name does not match the pattern.
std::optional<std::vector<std::string_view>> match(std::string_view name, std::string_view pattern) {
  std::vector<std::string_view> numbers;
  while (!pattern.empty()) {
    if (pattern.starts_with(kLayerNumber)) {
      numbers.push_back(take_digits(name));
      if (numbers.back().empty()) return {};
      pattern.remove_prefix(kLayerNumber.size());
    } else if (pattern.starts_with(kLayerCounter)) {
      numbers.push_back(take_counter(name));
      pattern.remove_prefix(kLayerCounter.size());
    } else if (!name.empty() && name.front() == pattern.front()) {
      name.remove_prefix(1);
      pattern.remove_prefix(1);
    } else {
      return {};
    }
  }
  if (!name.empty()) return {};
  return numbers;
}

std::string fill(std::string_view canonical, const std::vector<std::string_view>& numbers) {
  std::string name;
  for (const std::string_view number : numbers) {
    const std::size_t at = canonical.find(kLayerNumber);
    if (at == std::string_view::npos) break;
    name.append(canonical.substr(0, at)).append(number);
    canonical.remove_prefix(at + kLayerNumber.size());
  }
  return name.append(canonical);
}

const NameRule* find_rule(std::span<const NameRule> rules, std::string_view tensor) {
  for (const NameRule& rule : rules) {
    // Most rules differ from the name in the first letter, which is a cheap test.
    if (rule.pattern.front() != '{' && rule.pattern.front() != (tensor.empty() ? '\0' : tensor.front()))
      continue;
    if (match(tensor, rule.pattern)) return &rule;
  }
  return nullptr;
}

// Adds what the rules make of a tensor; false if there is no rule for it.
bool add_canonical(std::span<const NameRule> rules, const std::string& name, const StoredTensor& tensor,
                   Weights& result) {
  bool known = false;
  for (const NameRule& rule : rules) {
    const auto numbers = match(name, rule.pattern);
    if (!numbers) continue;
    known = true;
    if (rule.layout == TensorLayout::drop) continue;
    result.add(fill(rule.canonical, *numbers), to_layout(tensor, rule.layout, {rule.part, rule.parts}, name));
  }
  return known;
}

}  // namespace

std::string_view dialect_name(Dialect dialect) {
  switch (dialect) {
    case Dialect::hf:
      return "hf";
    case Dialect::openai:
      return "openai";
    case Dialect::openclip:
      return "openclip";
    case Dialect::kerascv:
      return "kerascv";
    case Dialect::kerashub:
      return "kerashub";
    case Dialect::gguf:
      return "gguf";
  }
  return "";
}

bool NameMap::recognizes(const Weights& weights) const {
  for (const std::string& tensor : weights.names()) {
    for (const std::string_view marker : markers) {
      if (tensor.starts_with(marker)) return true;
    }
  }
  return false;
}

const NameRule* NameMap::rule_for(std::string_view tensor) const {
  const NameRule* found = find_rule(rules, tensor);
  for (const std::span<const NameRule> table : variants) {
    if (found == nullptr) found = find_rule(table, tensor);
  }
  return found;
}

Weights NameMap::canonical(Weights weights) const {
  if (prepare != nullptr) weights = prepare(std::move(weights));
  Weights result;
  for (const std::string& tensor_name : weights.names()) {
    const StoredTensor tensor = weights.extract(tensor_name);
    bool known = add_canonical(rules, tensor_name, tensor, result);
    for (const std::span<const NameRule> table : variants)
      known = add_canonical(table, tensor_name, tensor, result) || known;
    if (!known) result.add(tensor_name, tensor);
  }
  result.merge(std::move(weights));  // contains no tensors any more, but owns their bytes
  return result;
}

std::string raw_name(std::span<const NameRule> rules, std::string_view canonical) {
  for (const NameRule& rule : rules) {
    if (rule.layout == TensorLayout::drop) continue;
    if (const auto numbers = match(canonical, rule.canonical)) return fill(rule.pattern, *numbers);
  }
  return std::string(canonical);
}

std::span<const NameMap* const> name_maps() {
  static const std::array<const NameMap*, 6> maps = {&openai_name_map(),  &openclip_name_map(),
                                                     &kerascv_name_map(), &kerashub_name_map(),
                                                     &gguf_name_map(),    &hf_name_map()};
  return maps;
}

const NameMap& name_map(Dialect dialect) {
  const auto maps = name_maps();
  return **std::ranges::find(maps, dialect, &NameMap::dialect);
}

const NameMap& recognized_name_map(const Weights& weights) {
  for (const NameMap* map : name_maps()) {
    if (map->recognizes(weights)) return *map;
  }
  const std::vector<std::string> names = weights.names();
  const std::string family = family_of_names(weights);
  fail(ErrorCode::unsupported, names.empty() ? "weights" : names.front(),
       "is not the name of a CLIP tensor in a supported naming scheme (Hugging Face, OpenAI, OpenCLIP, "
       "KerasCV, KerasHub, clip.cpp)" +
           (family.empty() ? "" : "; the names look like those of " + family));
}

Weights to_canonical(Weights weights) {
  const NameMap& map = recognized_name_map(weights);
  return map.canonical(std::move(weights));
}

}  // namespace sightline
