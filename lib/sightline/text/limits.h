// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sightline {

/// Maximum number of tokens of a vocabulary, without added tokens.
inline constexpr std::int64_t kMaxVocabulary = 1 << 20;
inline constexpr std::int64_t kMaxMerges = 1'000'000;
/// Maximum number of tokens that the settings of CLIP's tokenizer add: each is searched for at every position
/// of a text.
inline constexpr std::int64_t kMaxAddedTokens = 1024;
/// Maximum number of added tokens of any other tokenizer; their number does not matter for the search.
inline constexpr std::int64_t kMaxPipelineTokens = 1 << 17;
/// Maximum length of a token of any other tokenizer than CLIP's.
inline constexpr std::int64_t kMaxPieceBytes = 1024;
/// Maximum size of a `tokenizer.json` or SentencePiece model. Those of 900,000 tokens have 30 to 60 MB.
inline constexpr std::int64_t kMaxTokenizerBytes = 128 << 20;
/// Maximum size of a text.
inline constexpr std::int64_t kMaxTextBytes = 1 << 20;
/// Maximum size of a normalised text: a model needs some 24 times as much memory. No step of a published
/// tokenizer makes more than twelve bytes of one.
inline constexpr std::int64_t kMaxModelTextBytes = 16 << 20;

}  // namespace sightline
