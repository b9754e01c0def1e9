// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/weights/weights.h"

namespace sightline {

/// The part of a CLIP to which a tensor belongs, judged by its name in a PyTorch model (Hugging Face, OpenAI
/// or OpenCLIP).
enum class ClipPart {
  none,   ///< not a CLIP tensor, or a buffer
  image,  ///< image tower
  text,   ///< text tower
  both,   ///< a projection or logit_scale
};
ClipPart clip_part(std::string_view name);

/// Strips the prefixes that wrappers add: `module.`, `_orig_mod.`, `model.`, `clip.` and their combinations.
std::string_view without_prefixes(std::string_view name);

/// Removes the prefix that all tensors of the CLIP share; names that do not start with it are kept. Nothing
/// changes if there is no such prefix. Errors: duplicate if two tensors get the same name; mismatch if some
/// tensors of the CLIP have another prefix than the others.
Weights strip_prefixes(Weights weights);

}  // namespace sightline
