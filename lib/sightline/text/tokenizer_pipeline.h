#pragma once

#include <string_view>

#include "sightline/io/json.h"

namespace sightline {

/// What a BPE symbol ends in that ends a word.
inline constexpr std::string_view kEndOfWord = "</w>";

/// That the normaliser, the splitters and the model's switches of a `tokenizer.json` are CLIP's. `root`: the
/// whole of it. Errors: unsupported for any other tokenizer; header, type, missing.
void check_clip_pipeline(const Json& root);

/// That `object[key]` is `wanted`; one that is absent counts as that. Errors: unsupported.
void expect_flag(const Json& object, std::string_view key, bool wanted);

}  // namespace sightline
