// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/weights/weights.h"

namespace sightline {

/// Identifies a checkpoint that is not a CLIP from its tensor names: "a language model (Llama and its
/// relatives)"; "" if they are unknown. Also uses GGUF's `general.architecture`.
std::string family_of_names(const Weights& weights);

/// Errors: unsupported, with a tensor name, if the weights are quantized by a library (GPTQ, AWQ,
/// bitsandbytes, optimum-quanto) or belong to an adapter (LoRA), for any model.
void check_plain_weights(const Weights& weights);

}  // namespace sightline
