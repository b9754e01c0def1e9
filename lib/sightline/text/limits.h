// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sightline {

/// Maximum number of tokens of a vocabulary, without added tokens.
inline constexpr std::int64_t kMaxVocabulary = 1 << 20;
inline constexpr std::int64_t kMaxMerges = 1'000'000;
/// Maximum number of tokens that the settings add: each is searched for at every position of a text.
inline constexpr std::int64_t kMaxAddedTokens = 1024;

}  // namespace sightline
