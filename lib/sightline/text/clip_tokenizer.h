// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "sightline/base/bytes.h"
#include "sightline/text/tokenizer.h"
#include "sightline/text/tokenizer_settings.h"

namespace sightline {

/// How text is cleaned before it is split: with Hugging Face's normaliser, or OpenAI's (HTML entities,
/// whitespace, Python's lower-casing; mojibake is not repaired as ftfy does).
enum class TextCleaning { hf, openai };

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

  ~CLIPTokenizer() override;
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
