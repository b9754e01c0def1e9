// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/text/bpe.h"
#include "sightline/text/tokenizer_settings.h"

namespace sightline {

/// A token that is matched as a whole before the text is split: in the raw text, or if `normalized`, in the
/// normalised text (where its normalised content is searched for).
struct AddedToken {
  std::string content;
  std::int32_t id = 0;
  bool normalized = false;
};

/// The data of CLIP's BPE from its files. Symbols of bytes are -1 if the vocabulary lacks them.
struct Vocabulary {
  std::array<std::int32_t, 256> bytes{};        ///< id of a byte inside a word
  std::array<std::int32_t, 256> final_bytes{};  ///< id of the last byte of a word ("</w>")
  BytePairMerger merger;
  std::shared_ptr<const void> owner;  ///< of the memory that `merger` views
  std::vector<AddedToken> added;
  std::int64_t size = 0;
  std::int32_t start_id = 0, end_id = 0;
  /// The id for a byte without a symbol: the end token, as in Hugging Face's files, or the token that the
  /// settings name; -1 if such a text is rejected.
  std::int32_t unknown_id = 0;
  std::int64_t max_length = 0;  ///< copied from TokenizerSettings
  bool truncate_left = false;
};

/// Builds it from `vocab.json`, `merges.txt` and the settings beside them.
/// Errors: header, duplicate, range, missing, mismatch, limit, utf8; the subject names the file and the line;
/// those of the settings.
Vocabulary read_vocabulary(std::string_view vocab_json, std::string_view merges_txt,
                           const TokenizerSettingsTexts& settings = {});

/// Builds it from `tokenizer.json`: a BPE model with CLIP's normaliser and pattern.
/// Errors: the same; unsupported for any other tokenizer.
Vocabulary read_tokenizer_json(std::string_view tokenizer_json, const TokenizerSettingsTexts& settings = {});

}  // namespace sightline
