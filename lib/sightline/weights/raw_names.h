// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sightline/weights/names.h"

namespace sightline {

/// A tensor of a naming scheme, and the canonical tensors of which it consists.
struct RawTensor {
  std::string name;
  const NameRule* rule;                ///< that of the first part
  std::vector<std::string> canonical;  ///< names of its parts, in order: one, unless the scheme stacks them
};

/// The tensors that canonical weights become in the scheme `map`: the inverse of `NameMap::canonical`, rule
/// by rule. If several rules have the same canonical name, the first applies. `program` is what reads the
/// scheme, for messages. Errors: missing for a tensor that the scheme has and the weights lack; mismatch for
/// a tensor without a place in the scheme.
std::vector<RawTensor> raw_tensors(const NameMap& map, const Weights& canonical, std::string_view program);

/// Canonical weights with the names and layouts of `map`, which is OpenAI's or OpenCLIP's: the tensors are
/// views of those in `canonical`, or deferred. Errors: as `raw_tensors`; mismatch for a shape or a dtype that
/// does not allow the layout.
Weights with_raw_names(const NameMap& map, const Weights& canonical, std::string_view program);

/// The same for Hugging Face's names, which differ from the canonical ones where several tensors are stacked,
/// and by the rules of the family.
Weights with_hf_names(const Weights& canonical, std::span<const NameRule> family = {});

}  // namespace sightline
