// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/model/config.h"
#include "sightline/text/tokenizer.h"

namespace sightline {

/// Whether a config is that of a SigLIP of a fixed image size as transformers reads it. Such a SigLIP 2 was
/// trained on lower case, but its files name GemmaTokenizer, which keeps capital letters.
bool is_fixed_siglip(const ModelConfig& config);
/// Whether the ids of a capital letter are not those of the small one. Errors: those of `Tokenizer::encode`.
bool keeps_capitals(const Tokenizer& tokenizer);
/// Whether valid UTF-8 has a character that lower-casing changes.
bool has_capitals(std::string_view text);

}  // namespace sightline
