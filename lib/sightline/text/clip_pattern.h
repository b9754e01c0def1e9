// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace sightline {

/// The length of the piece at the start of `text`, which is not empty and does not start with a space: what
/// CLIP's pattern matches there,
/// <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
/// `openai`: OpenAI's pattern, which ignores case. Source: OpenAI CLIP, simple_tokenizer.py; transformers
/// `CLIPTokenizer`.
std::size_t clip_piece_length(std::u32string_view text, bool openai);

}  // namespace sightline
