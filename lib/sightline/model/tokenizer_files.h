// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/parallel.h"
#include "sightline/model/config.h"
#include "sightline/model/model_files.h"
#include "sightline/text/clip_tokenizer.h"

namespace sightline {

/// The files of a model that define its tokenizer: Hugging Face's `tokenizer.json`, or a vocabulary and
/// merges
/// (`vocab.json` and `merges.txt`, or those of KerasHub's `assets/tokenizer`). A name is empty if there is no
/// such file.
struct TokenizerFiles {
  ModelFiles files;  ///< where they are
  std::string vocabulary;
  std::string merges;
  std::string tokenizer_json;  ///< if present, read instead of the other two, as in transformers
  /// SentencePiece models and vocab.txt, which other classes read.
  std::vector<std::string> vocabularies;
  /// Hugging Face's settings: which tokens are special or added, and the length to which texts are truncated.
  std::string config, special_tokens_map, added_tokens;

  bool found() const { return !vocabulary.empty() || !tokenizer_json.empty() || !vocabularies.empty(); }
  /// "vocab.json" or "tokenizer.json", whichever is read.
  std::string name() const;
  /// The names of all files that are read.
  std::vector<std::string> names() const;
};

/// Finds the files of a tokenizer without reading them: in the folder, or for a folder `text_encoder` of a
/// diffusers pipeline, in `tokenizer` beside it. Errors: missing for a vocabulary without merges.
TokenizerFiles find_tokenizer(const ModelFiles& files);

/// The tokenizer of a model folder, which an idle thread of a pool reads while the model is opened. It is a
/// guess that may fail: a tokenizer that cannot be read is read again by `load_tokenizer`, which reports the
/// error at its place in the order of all errors. The pool must outlive this object.
class TokenizerAhead {
 public:
  TokenizerAhead(ModelFiles files, TextCleaning cleaning, ThreadPool& pool);
  /// The tokenizer, once, if it was read without an error from the files of `found`, in the rules of this
  /// class and cleaning; else null.
  std::unique_ptr<CLIPTokenizer> take(const TokenizerFiles& found, std::string_view model_class,
                                      TextCleaning cleaning);

 private:
  void read();

  ModelFiles files_;
  TextCleaning cleaning_;
  std::string model_class_;
  std::vector<std::string> names_;
  std::unique_ptr<CLIPTokenizer> tokenizer_;
  Ahead work_;  // last: it uses the others
};

/// The model's own tokenizer (for a packed model its token table, which CLIP's has for Hugging Face's
/// cleaning only) or, if `files` has none, CLIP's, which ships with the program; the latter requires as many
/// rows of the token embedding as its vocabulary has entries. Encoding a text to an id without a row is an
/// error (mismatch). Errors: missing; unsupported, with its class, for a tokenizer of another family than
/// CLIP; mismatch if the start or end token has no row, or the end token is not the one that the config
/// expects (`check_end`); those of CLIPTokenizer. `ahead`: a tokenizer of the same files that was begun
/// earlier, or null.
std::unique_ptr<Tokenizer> load_tokenizer(const ModelFiles& files, const ModelConfig& config,
                                          TextCleaning cleaning, TokenizerAhead* ahead = nullptr);

/// The folder of the tokenizer that ships with the program, if it has as many tokens as the token embedding
/// of the model has rows.
std::optional<ModelFiles> shipped_tokenizer(const ModelConfig& config);

/// The token table (text/token_table.h) for a packed model, of the tokenizer that `load_tokenizer` returns
/// with Hugging Face's cleaning. Errors: the same.
std::vector<std::byte> compile_tokenizer(const ModelFiles& files, const ModelConfig& config);

/// The tokenizer of a token table, used in place; `owner` keeps its bytes alive. The table may be from an
/// untrusted source; it is fitted to the model as by `load_tokenizer`. `folder` and `file` name the source of
/// the table for messages. `cleaning`: of a tokenizer other than CLIP's, whose table holds its own. Errors:
/// mismatch; those of `view_token_table`.
std::unique_ptr<Tokenizer> load_token_table(ByteView table, std::shared_ptr<const void> owner,
                                            const ModelConfig& config, TextCleaning cleaning,
                                            const std::string& folder, const std::string& file);

}  // namespace sightline
