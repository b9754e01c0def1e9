// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/weights/weights.h"

namespace sightline {

/// What a tensor is of a CLIP, by the name that a PyTorch model gives it (Hugging Face's, OpenAI's or
/// OpenCLIP's).
enum class ClipPart {
  none,   ///< no tensor of a CLIP, or a buffer
  image,  ///< of the image tower
  text,   ///< of the text tower
  both,   ///< a projection, logit_scale
};
ClipPart clip_part(std::string_view name);

/// The name behind what wrappers put before it: `module.`, `_orig_mod.`, `model.`, `clip.` and their
/// combinations.
std::string_view without_prefixes(std::string_view name);

/// The same tensors, each without the prefix that all tensors of the CLIP have; a name that does not begin
/// with it stays. Nothing changes where there is no such prefix. Errors: duplicate, when two tensors become
/// one; mismatch, when some tensors of the CLIP have another prefix than the others.
Weights strip_prefixes(Weights weights);

}  // namespace sightline
