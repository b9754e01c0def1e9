// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/name_prefixes.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "sightline/base/error.h"
#include "sightline/weights/names.h"

namespace sightline {
namespace {

// DistributedDataParallel and DeepSpeed; torch.compile; FullyShardedDataParallel; attributes in which
// training programs and transformers' larger models keep a CLIP.
constexpr std::array<std::string_view, 8> kPrefixes = {
    "module.", "_orig_mod.", "_fsdp_wrapped_module.", "model.", "clip.", "clip_model.", "net.", "network."};

// The number of CLIP tensors with a prefix, and one of them.
struct Group {
  std::size_t count = 0;
  std::string example;
};
using Groups = std::map<std::string, Group, std::less<>>;

Groups prefixes_of(const Weights& weights) {
  Groups groups;
  for (const std::string& name : weights.names()) {
    const std::string_view rest = without_prefixes(name);
    if (clip_part(rest) == ClipPart::none) continue;
    Group& group = groups[name.substr(0, name.size() - rest.size())];
    if (group.count++ == 0) group.example = name;
  }
  return groups;
}

[[noreturn]] void fail_several(const Weights& weights, const Groups& groups) {
  const auto& [first, a] = *groups.begin();
  const auto& [second, b] = *std::next(groups.begin());
  for (const std::string& name : weights.names()) {
    if (!name.starts_with(second)) continue;
    const std::string_view rest = std::string_view(name).substr(second.size());
    const std::string other = first + std::string(rest);
    if (other == name || clip_part(rest) == ClipPart::none || !weights.contains(other)) continue;
    fail(ErrorCode::duplicate, name,
         "is the same tensor of a CLIP as " + other + "; save one of the two models in a separate file");
  }
  fail(ErrorCode::mismatch, a.example,
       "has a different prefix from " + b.example + ", expected a common prefix for all tensors of the CLIP");
}

}  // namespace

ClipPart clip_part(std::string_view name) {
  constexpr std::string_view kTextModule = "text.";  // OpenCLIP's CustomTextCLIP
  if (name.starts_with(kTextModule)) name.remove_prefix(kTextModule.size());
  for (const NameMap* map : {&hf_name_map(), &openclip_name_map()}) {
    const NameRule* rule = map->rule_for(name);
    if (rule == nullptr) continue;
    if (rule->layout == TensorLayout::drop) return ClipPart::none;
    if (rule->canonical.starts_with("vision_model.")) return ClipPart::image;
    return rule->canonical.starts_with("text_model.") ? ClipPart::text : ClipPart::both;
  }
  return ClipPart::none;
}

std::string_view without_prefixes(std::string_view name) {
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view prefix : kPrefixes) {
      if (!name.starts_with(prefix)) continue;
      name.remove_prefix(prefix.size());
      found = true;
    }
  }
  return name;
}

Weights strip_prefixes(Weights weights) {
  const Groups groups = prefixes_of(weights);
  if (groups.size() > 1) fail_several(weights, groups);
  if (groups.empty() || groups.begin()->first.empty()) return weights;
  const std::string& prefix = groups.begin()->first;
  Weights result;
  for (const std::string& name : weights.names()) {
    const StoredTensor tensor = weights.extract(name);
    const bool has_prefix = name.size() > prefix.size() && name.starts_with(prefix);
    result.add(has_prefix ? name.substr(prefix.size()) : name, tensor);
  }
  result.merge(std::move(weights));  // contains no tensors any more, but owns their bytes
  return result;
}

}  // namespace sightline
