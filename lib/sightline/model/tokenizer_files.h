// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sightline/model/config.h"
#include "sightline/text/clip_tokenizer.h"

namespace sightline {

/// The files of a model folder that make its tokenizer: Hugging Face's `tokenizer.json`, or a vocabulary and
/// merges (`vocab.json` and `merges.txt`, or those of KerasHub's `assets/tokenizer`). Empty paths: there is
/// none.
struct TokenizerFiles {
  std::string vocabulary;
  std::string merges;
  std::string
      tokenizer_json;  ///< where it is there, it is read instead of the two others, as in transformers
  /// Beside Hugging Face's: settings that say which tokens are special or added, and where texts are cut.
  std::string config, special_tokens_map, added_tokens;

  bool found() const { return !vocabulary.empty() || !tokenizer_json.empty(); }
  /// "vocab.json" or "tokenizer.json": the one that is read.
  std::string name() const;
  /// All files that are read.
  std::vector<std::string> paths() const;
};

/// Looks, and reads nothing. Errors: missing for a vocabulary without merges.
TokenizerFiles find_tokenizer(const std::string& folder);

/// The model's own tokenizer; CLIP's, which ships with the program, when `folder` has none and its vocabulary
/// has as many entries as the token embedding has rows. An id that a text holds and that has no row is
/// refused when it is met (mismatch). Errors: missing; mismatch when the start or the end has no row, or when
/// it does not end texts with the id that the config says is looked for (`check_end`); those of
/// CLIPTokenizer.
std::unique_ptr<Tokenizer> load_tokenizer(const std::string& folder, const CLIPConfig& config,
                                          TextCleaning cleaning);

}  // namespace sightline
