// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/weights/layouts.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// One line of a dialect. In a pattern `{}` stands for a decimal number, and `{_}` for Keras's counter of
/// equal layers: nothing for the first, `_1` for the second. The same number stands in the canonical name at
/// its `{}`. A pattern may stand in several lines (a fused projection has three parts).
struct NameRule {
  std::string_view pattern;
  std::string_view canonical;
  TensorLayout layout = TensorLayout::same;
  std::int64_t part = 0;
  std::int64_t parts = 1;
};

/// The table of one dialect. Canonical names and layouts are those of Hugging Face's CLIP files.
struct NameMap {
  std::string_view name;                      ///< "hf"
  std::span<const std::string_view> markers;  ///< prefixes; a name that begins with one tells the dialect
  std::span<const NameRule> rules;
  Weights (*prepare)(Weights weights) = nullptr;  ///< what no line can say, done to the raw names first

  bool recognizes(const Weights& weights) const;
  /// The first rule whose pattern the name is of; nullptr when there is none.
  const NameRule* rule_for(std::string_view tensor) const;
  /// The same tensors under canonical names. A name without a rule stays, and is found by `Weights::unused`.
  /// Errors: mismatch when a shape does not allow the rule's layout; duplicate when two tensors become one.
  Weights canonical(Weights weights) const;
};

/// All dialects, in the order in which they are tried: Hugging Face's last, whose `logit_scale` others have
/// too.
std::span<const NameMap* const> name_maps();
/// Hugging Face's own names, the canonical ones.
const NameMap& hf_name_map();
/// OpenAI's state_dict, told by the sizes that it holds beside the weights.
const NameMap& openai_name_map();
/// OpenCLIP's: OpenAI's names without these sizes; the text tower at the top or under `text.`.
const NameMap& openclip_name_map();
/// KerasCV's CLIP and KerasHub's CLIPBackbone, as paths in an HDF5 file.
const NameMap& kerascv_name_map();
const NameMap& kerashub_name_map();
/// What clip.cpp's converter writes.
const NameMap& gguf_name_map();

/// The first dialect that recognizes the weights. Errors: unsupported when none does, with a name seen.
const NameMap& recognized_name_map(const Weights& weights);

/// The weights under canonical names, by the dialect that recognizes them. Errors: of both.
Weights to_canonical(Weights weights);

}  // namespace sightline
