// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "sightline/model/config.h"
#include "sightline/model/model_files.h"
#include "sightline/text/clip_tokenizer.h"

namespace sightline {

/// The files of a model that define its tokenizer: Hugging Face's `tokenizer.json`, or a vocabulary and
/// merges
/// (`vocab.json` and `merges.txt`, or those of KerasHub's `assets/tokenizer`). A name is empty if there is no
/// such file.
struct TokenizerFiles {
  ModelFiles files;
  std::string vocabulary;
  std::string merges;
  std::string tokenizer_json;  ///< if present, read instead of the other two, as in transformers
  /// Hugging Face's settings: which tokens are special or added, and the length to which texts are truncated.
  std::string config, special_tokens_map, added_tokens;

  bool found() const { return !vocabulary.empty() || !tokenizer_json.empty(); }
  /// "vocab.json" or "tokenizer.json", whichever is read.
  std::string name() const;
  /// The names of all files that are read.
  std::vector<std::string> names() const;
};

/// Finds the files of a tokenizer without reading them. Errors: missing for a vocabulary without merges.
TokenizerFiles find_tokenizer(const ModelFiles& files);

/// The model's own tokenizer (for a packed model and Hugging Face's cleaning, its token table) or, if `files`
/// has none, CLIP's, which ships with the program; the latter
/// requires as many rows of the token embedding as its vocabulary has entries. Encoding a text to an id
/// without a row is an error (mismatch). Errors: missing; mismatch if the start or end token has no row, or
/// the end token is not the one that the config expects (`check_end`); those of CLIPTokenizer.
std::unique_ptr<Tokenizer> load_tokenizer(const ModelFiles& files, const CLIPConfig& config,
                                          TextCleaning cleaning);

/// The token table (text/token_table.h) for a packed model, of the tokenizer that `load_tokenizer` returns
/// with Hugging Face's cleaning. Errors: the same.
std::vector<std::byte> compile_tokenizer(const ModelFiles& files, const CLIPConfig& config);

/// The tokenizer of a token table, used in place; `owner` keeps its bytes alive. The table may be from an
/// untrusted source; it is fitted to the model as by `load_tokenizer`. `folder` and `file` name the source of
/// the table for messages. Errors: mismatch; those of `view_token_table`.
std::unique_ptr<Tokenizer> load_token_table(ByteView table, std::shared_ptr<const void> owner,
                                            const CLIPConfig& config, const std::string& folder,
                                            const std::string& file);

}  // namespace sightline
