// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/raw_names.h"

#include <array>
#include <cassert>
#include <map>
#include <set>

#include "sightline/base/error.h"

namespace sightline {
namespace {

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  if (at == std::string_view::npos) return std::string(text);
  return std::string(text.substr(0, at)).append(by).append(text.substr(at + what.size()));
}

std::string with_layer(std::string_view pattern, std::int64_t layer) {
  const std::string number = std::to_string(layer);
  return replaced(replaced(pattern, kLayerCounter, layer == 0 ? "" : "_" + number), kLayerNumber, number);
}

class Inverse {
 public:
  Inverse(const NameMap& map, const Weights& canonical, std::string_view program)
      : map_(map), canonical_(canonical), program_(program) {
    for (const NameRule& rule : map.rules) count_layers(rule);
  }

  std::vector<RawTensor> tensors() {
    for (const NameRule& rule : map_.rules) {
      if (rule.layout == TensorLayout::drop || rule.part > 0) continue;
      const std::int64_t layers = has_layers(rule) ? layers_[tower_of(rule)] : 1;
      for (std::int64_t layer = 0; layer < layers; ++layer) place(rule, layer);
    }
    for (const std::string& name : canonical_.names()) {
      if (!placed_.contains(name))
        fail(ErrorCode::mismatch, name, "has no place in the layout of " + program_);
    }
    return std::move(tensors_);
  }

 private:
  static bool has_layers(const NameRule& rule) {
    return rule.canonical.find(kLayerNumber) != std::string_view::npos;
  }

  // "vision_model.encoder.layers."
  static std::string tower_of(const NameRule& rule) {
    return std::string(rule.canonical.substr(0, rule.canonical.find(kLayerNumber)));
  }

  // The number of layers of a tower is that of the most frequent tensor, so that a layer that lacks one is
  // detected.
  void count_layers(const NameRule& rule) {
    if (rule.layout == TensorLayout::drop || !has_layers(rule)) return;
    std::int64_t& layers = layers_[tower_of(rule)];
    while (canonical_.contains(with_layer(rule.canonical, layers))) ++layers;
  }

  void place(const NameRule& first, std::int64_t layer) {
    RawTensor raw{with_layer(first.pattern, layer), &first, {}};
    for (const NameRule& rule : map_.rules) {
      if (&rule != &first && (rule.pattern != first.pattern || rule.part == 0)) continue;
      std::string name = with_layer(rule.canonical, layer);
      if (placed_.contains(name)) return;  // another rule for the same tensor
      if (!canonical_.contains(name))
        fail(ErrorCode::missing, name, "is not in the weights, but " + program_ + " needs it");
      raw.canonical.push_back(std::move(name));
    }
    placed_.insert(raw.canonical.begin(), raw.canonical.end());
    tensors_.push_back(std::move(raw));
  }

  const NameMap& map_;
  const Weights& canonical_;
  const std::string program_;
  std::map<std::string, std::int64_t> layers_;  ///< of each tower
  std::set<std::string, std::less<>> placed_;
  std::vector<RawTensor> tensors_;
};

// The inverse of `to_layout` for the layouts of OpenAI's names.
StoredTensor raw_layout(const RawTensor& raw, const Weights& canonical) {
  const StoredTensor& tensor = *canonical.find(raw.canonical.front());
  switch (raw.rule->layout) {
    case TensorLayout::transpose:  // its own inverse
    case TensorLayout::scalar:
      return to_layout(tensor, raw.rule->layout, {}, raw.canonical.front());
    case TensorLayout::part: {
      std::vector<StoredTensor> parts;
      for (const std::string& name : raw.canonical) parts.push_back(*canonical.find(name));
      return concatenated(parts, raw.name);
    }
    default:
      assert(raw.rule->layout == TensorLayout::same);
      return tensor;
  }
}

}  // namespace

std::vector<RawTensor> raw_tensors(const NameMap& map, const Weights& canonical, std::string_view program) {
  return Inverse(map, canonical, program).tensors();
}

Weights with_hf_names(const Weights& canonical, std::span<const NameRule> family) {
  Weights weights;
  std::set<std::string, std::less<>> stacked;
  for (const NameRule& rule : hf_name_map().rules) {
    if (rule.layout != TensorLayout::part || !canonical.contains(rule.canonical)) continue;
    stacked.emplace(rule.canonical);
    if (rule.part > 0) continue;
    RawTensor raw{std::string(rule.pattern), &rule, {}};
    for (const NameRule& other : hf_name_map().rules)
      if (other.pattern == rule.pattern) raw.canonical.emplace_back(other.canonical);
    weights.add(raw.name, raw_layout(raw, canonical));
  }
  for (const std::string& name : canonical.names()) {
    if (stacked.contains(name)) continue;
    const StoredTensor& tensor = *canonical.find(name);
    // transformers' classes with a logit_bias have both scalars as [1].
    const bool scalar = canonical.contains("logit_bias") && tensor.shape.rank() == 0;
    weights.add(raw_name(family, name), scalar ? reshaped(tensor, Shape{1}) : tensor);
  }
  return weights;
}

Weights with_raw_names(const NameMap& map, const Weights& canonical, std::string_view program) {
  Weights weights;
  for (const RawTensor& raw : raw_tensors(map, canonical, program)) {
    weights.add(raw.name, raw_layout(raw, canonical));
  }
  return weights;
}

}  // namespace sightline
