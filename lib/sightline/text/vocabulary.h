// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/text/bpe.h"
#include "sightline/text/tokenizer_settings.h"

namespace sightline {

/// A token that is found as a whole, before the text is split: in the raw text as it stands, or, when
/// `normalized`, in the normalised text (where its own normalised content is looked for).
struct AddedToken {
  std::string content;
  std::int32_t id = 0;
  bool normalized = false;
};

/// What CLIP's BPE needs from its files. Symbols of bytes are -1 where the vocabulary lacks them.
struct Vocabulary {
  std::array<std::int32_t, 256> bytes{};        ///< id of a byte inside a word
  std::array<std::int32_t, 256> final_bytes{};  ///< id of the last byte of a word ("</w>")
  BytePairMerger merger{0};
  std::vector<AddedToken> added;
  std::int64_t size = 0;
  std::int32_t start_id = 0, end_id = 0;
  /// What a byte without a symbol becomes, -1 when such a text is refused: the end token, as in Hugging
  /// Face's files, or what the settings name.
  std::int32_t unknown_id = 0;
  std::int64_t max_length = 0;  ///< of TokenizerSettings
  bool cut_at_start = false;
};

/// From the texts of `vocab.json` and `merges.txt`, and what the settings beside them say.
/// Errors: header, duplicate, range, missing, mismatch, limit, utf8; the subject names the file and the line;
/// those of the settings.
Vocabulary read_vocabulary(std::string_view vocab_json, std::string_view merges_txt,
                           const TokenizerSettingsTexts& settings = {});

/// From the text of `tokenizer.json`: a BPE model with CLIP's normaliser and pattern.
/// Errors: the same; unsupported for any other tokenizer.
Vocabulary read_tokenizer_json(std::string_view tokenizer_json, const TokenizerSettingsTexts& settings = {});

}  // namespace sightline
