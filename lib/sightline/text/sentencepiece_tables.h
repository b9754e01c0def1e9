// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/text/model_tables.h"
#include "sightline/text/sentencepiece_model.h"
#include "sightline/text/special_tokens.h"
#include "sightline/text/unigram.h"

namespace sightline {

/// The SentencePiece model that a class reads: "spiece.model", "sentencepiece.bpe.model", or "".
std::string_view sentencepiece_file(TokenizerClass tokenizer_class);

/// Errors: unsupported for a model that is not Unigram or has another setting that changes the ids.
void refuse_sentencepiece(const SentencePieceModel& model, std::string_view file);

/// Makes the control and user-defined pieces of a model added tokens, as T5Tokenizer and XLMRobertaTokenizer
/// do unless the settings have a list.
void add_sentencepiece_tokens(const SentencePieceModel& model, SpecialTokens& special);

/// The vocabulary of a model as these two classes extend it. Errors: duplicate, limit, and those of
/// `read_extra_ids`.
ModelTables extended_tables(const SentencePieceModel& model, TokenizerClass tokenizer_class,
                            const SettingsFile& config, const SpecialTokens& special);

/// SentencePiece's own Unigram model, in which only some types of pieces match in a text.
struct NativeModel {
  ModelTables tables;
  UnigramSettings settings;
};
/// Errors: duplicate, limit.
NativeModel native_model(const SentencePieceModel& model, std::string_view file);

}  // namespace sightline
