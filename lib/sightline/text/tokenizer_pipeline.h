// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "sightline/containers/json.h"
#include "sightline/text/special_tokens.h"

namespace sightline {

/// The suffix of BPE symbols that end a word.
inline constexpr std::string_view kEndOfWord = "</w>";

/// Checks that the normaliser, the splitters and the model options of a `tokenizer.json` are CLIP's. `root`
/// is the whole document. CLIPTokenizer replaces splitters and ends by its own, so those of older files are
/// accepted for it. Errors: unsupported for any other tokenizer, with the type found; header, type, missing.
void check_clip_pipeline(const Json& root, TokenizerClass tokenizer_class);

/// The tokens that start and end a text.
struct EndIds {
  std::int32_t start = 0, end = 0;
};
/// The tokens of the `post_processor`, as TokenizersBackend uses them. Errors: unsupported for any other
/// form.
EndIds post_processor_ends(const Json& root);

/// Checks that `object[key]` is `wanted`; an absent key is accepted. Errors: unsupported.
void expect_flag(const Json& object, std::string_view key, bool wanted);

}  // namespace sightline
