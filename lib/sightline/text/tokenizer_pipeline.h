// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "sightline/containers/json.h"
#include "sightline/text/special_tokens.h"

namespace sightline {

/// What a BPE symbol ends in that ends a word.
inline constexpr std::string_view kEndOfWord = "</w>";

/// That the normaliser, the splitters and the model's switches of a `tokenizer.json` are CLIP's. `root`: the
/// whole of it. CLIPTokenizer brings its own splitters and ends: there those of older files are accepted,
/// too. Errors: unsupported for any other tokenizer, with the type that is there; header, type, missing.
void check_clip_pipeline(const Json& root, TokenizerClass tokenizer_class);

/// What a text starts and ends with.
struct EndIds {
  std::int32_t start = 0, end = 0;
};
/// Those of the `post_processor`, as TokenizersBackend uses them. Errors: unsupported for any other form.
EndIds post_processor_ends(const Json& root);

/// That `object[key]` is `wanted`; one that is absent counts as that. Errors: unsupported.
void expect_flag(const Json& object, std::string_view key, bool wanted);

}  // namespace sightline
