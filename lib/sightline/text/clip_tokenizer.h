// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/text/text_cleaning.h"
#include "sightline/text/tokenizer.h"
#include "sightline/text/tokenizer_settings.h"

namespace sightline {

/// CLIP's byte-level BPE. Ids equal those of Hugging Face's CLIPTokenizer (transformers 5), or of OpenAI's
/// SimpleTokenizer. const = safe to share.
class CLIPTokenizer : public Tokenizer {
 public:
  /// Builds the tokenizer from the bytes of `vocab.json` and `merges.txt` and the settings beside them; the
  /// names are for messages. Errors: header, duplicate, range, missing (no start or end token), mismatch (a
  /// merge whose result is not in the vocabulary), limit, utf8.
  static std::unique_ptr<CLIPTokenizer> from_vocabulary(ByteView vocab_json, ByteView merges_txt,
                                                        TextCleaning cleaning,
                                                        const TokenizerSettingsTexts& settings = {});
  /// Builds the tokenizer from the bytes of Hugging Face's `tokenizer.json` and the same settings. Errors:
  /// the same; unsupported if it is not CLIP's BPE.
  static std::unique_ptr<CLIPTokenizer> from_tokenizer_json(ByteView tokenizer_json, TextCleaning cleaning,
                                                            const TokenizerSettingsTexts& settings = {});

  /// Uses a token table (token_table.h) from an untrusted source in place; `owner` keeps its bytes alive.
  /// `subject` is its name for messages. Errors: those of `view_token_table`.
  static std::unique_ptr<CLIPTokenizer> from_table(ByteView table, std::shared_ptr<const void> owner,
                                                   std::string_view subject);

  ~CLIPTokenizer() override;
  /// The token table from which `from_table` makes an equal tokenizer. The same tokenizer results in the same
  /// bytes everywhere.
  std::vector<std::byte> table() const;
  Encoding encode(std::string_view utf8, std::int64_t max_length) const override;
  std::int64_t vocabulary_size() const override;
  std::int32_t start_id() const override;
  std::int32_t end_id() const override;
  std::int64_t max_length() const override;

 private:
  struct State;
  explicit CLIPTokenizer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sightline
