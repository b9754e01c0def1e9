// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/weights/weights.h"

namespace sightline {

/// What a checkpoint is whose names are no CLIP's, by these names, as "a language model (Llama and its
/// relatives)"; "" when they are unknown. Looks at GGUF's `general.architecture` too.
std::string family_of_names(const Weights& weights);

/// Errors: unsupported, with a name, when the weights are quantised by a library (GPTQ, AWQ, bitsandbytes,
/// optimum-quanto), or are an adapter's (LoRA), whatever model they belong to.
void check_plain_weights(const Weights& weights);

}  // namespace sightline
