// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/weights/dialect.h"
#include "sightline/weights/layouts.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// What stands for the number of a layer in a pattern: a decimal number, or Keras's counter of equal layers,
/// which is nothing for the first, `_1` for the second.
inline constexpr std::string_view kLayerNumber = "{}", kLayerCounter = "{_}";

/// One rule of a naming scheme. The number of the layer is substituted for `kLayerNumber` in the canonical
/// name. Several rules may share a pattern (a fused projection has three parts).
struct NameRule {
  std::string_view pattern;
  std::string_view canonical;
  TensorLayout layout = TensorLayout::same;
  std::int64_t part = 0;
  std::int64_t parts = 1;
};

/// The names of one naming scheme. Canonical names and layouts are those of Hugging Face's CLIP files.
struct NameMap {
  Dialect dialect;
  std::span<const std::string_view> markers;  ///< prefixes; a name that starts with one identifies the scheme
  std::span<const NameRule> rules;
  Weights (*prepare)(Weights weights) = nullptr;  ///< preparation of the raw names that rules cannot express
  /// Further tables, of towers of other kinds and libraries. They are read only: `with_raw_names` writes
  /// `rules`.
  std::span<const std::span<const NameRule>> variants = {};

  bool recognizes(const Weights& weights) const;
  /// The first rule whose pattern matches the name, or nullptr.
  const NameRule* rule_for(std::string_view tensor) const;
  /// Maps tensors to canonical names. A name without a rule is kept, and `Weights::unused` reports it.
  /// Errors: mismatch if a shape does not allow the layout of the rule; duplicate if two tensors get the same
  /// name.
  Weights canonical(Weights weights) const;
};

/// The name whose rule, the first of `rules` for it, gives this canonical name; the same if there is none.
std::string raw_name(std::span<const NameRule> rules, std::string_view canonical);

/// The naming scheme of a dialect.
const NameMap& name_map(Dialect dialect);
/// All naming schemes in the order in which they are tried: Hugging Face is last, because others also use its
/// `logit_scale`.
std::span<const NameMap* const> name_maps();
/// Hugging Face's names, which are the canonical ones except for text towers of the BERT kind.
const NameMap& hf_name_map();
/// OpenAI's state_dict, identified by the sizes that it stores beside the weights.
const NameMap& openai_name_map();
/// OpenCLIP: OpenAI's names without these sizes; the text tower at the top level or under `text.`.
const NameMap& openclip_name_map();
/// timm's image towers in OpenCLIP's models, under `visual.trunk.`; a table of OpenCLIP's map.
std::span<const NameRule> timm_rules();
/// KerasCV's CLIP and KerasHub's CLIPBackbone, as paths in an HDF5 file.
const NameMap& kerascv_name_map();
const NameMap& kerashub_name_map();
/// The names that clip.cpp's converter writes.
const NameMap& gguf_name_map();

/// The first naming scheme that recognises the weights. Errors: unsupported if none does, with one of the
/// names.
const NameMap& recognized_name_map(const Weights& weights);

/// Maps weights to canonical names with the scheme that recognises them. Errors: of both functions.
Weights to_canonical(Weights weights);

}  // namespace sightline
