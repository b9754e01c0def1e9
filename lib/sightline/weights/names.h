#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/weights/weights.h"

namespace sightline {

/// What a tensor of a foreign dialect becomes. Canonical names and layouts are those of Hugging Face's CLIP
/// files.
enum class TensorLayout {
  same,       ///< the bytes as they are: no copy
  transpose,  ///< [a, b] becomes [b, a]
  part,       ///< part `part` of `parts` equal parts along the first axis: no copy
  drop,       ///< a buffer that no layer needs
};

/// One line of a dialect. `{}` in a pattern stands for a decimal number between two dots, and for the same
/// number in the canonical name. A pattern may stand in several lines (a fused projection has three parts).
struct NameRule {
  std::string_view pattern;
  std::string_view canonical;
  TensorLayout layout = TensorLayout::same;
  std::int64_t part = 0;
  std::int64_t parts = 1;
};

/// The table of one dialect.
struct NameMap {
  std::string_view name;                      ///< "hf"
  std::span<const std::string_view> markers;  ///< prefixes; a name that begins with one tells the dialect
  std::span<const NameRule> rules;

  bool recognizes(const Weights& weights) const;
  /// The same tensors under canonical names. A name without a rule stays, and is found by `Weights::unused`.
  /// Errors: mismatch when a shape does not allow the rule's layout; duplicate when two tensors become one.
  Weights canonical(Weights weights) const;
};

/// All dialects, in the order in which they are tried.
std::span<const NameMap* const> name_maps();
/// Hugging Face's own names, the canonical ones.
const NameMap& hf_name_map();

/// The weights under canonical names, by the first dialect that recognizes them.
/// Errors: unsupported when none does, with a name seen.
Weights to_canonical(Weights weights);

}  // namespace sightline
