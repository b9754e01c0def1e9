#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sightline/text/clip_tokenizer.h"

namespace sightline {

/// The files of a model folder that make its tokenizer: a vocabulary and merges (`vocab.json` and
/// `merges.txt`, or those of KerasHub's `assets/tokenizer`), or Hugging Face's `tokenizer.json`. Empty paths:
/// there is none.
struct TokenizerFiles {
  std::string vocabulary;
  std::string merges;
  std::string tokenizer_json;  ///< only when there are no two others
  /// Beside Hugging Face's two: settings that say which tokens are special or added.
  std::string config, special_tokens_map, added_tokens;

  bool found() const { return !vocabulary.empty() || !tokenizer_json.empty(); }
  std::vector<std::string> paths() const;
};

/// Looks, and reads nothing. Errors: missing for a vocabulary without merges.
TokenizerFiles find_tokenizer(const std::string& folder);

/// The model's own tokenizer, `tokenizer.json` where only that has as many tokens as are wanted; CLIP's,
/// which ships with the program, when `folder` has none and its vocabulary has `rows` entries, as many as the
/// token embedding has rows. Errors: missing; mismatch for a vocabulary of another size; those of
/// CLIPTokenizer.
std::unique_ptr<Tokenizer> load_tokenizer(const std::string& folder, std::int64_t rows,
                                          TextCleaning cleaning);

}  // namespace sightline
