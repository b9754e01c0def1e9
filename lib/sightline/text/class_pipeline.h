// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "sightline/containers/json.h"
#include "sightline/text/pipeline_tokenizer.h"
#include "sightline/text/sentencepiece_model.h"
#include "sightline/text/special_tokens.h"
#include "sightline/text/tokenizer_json.h"

namespace sightline {

/// What the steps of a class take from the files.
struct ClassFiles {
  std::optional<Json> tokenizer_json;                 ///< for its character map
  const SentencePieceModel* sentencepiece = nullptr;  ///< if there is no `tokenizer.json`
  std::string_view config;                            ///< tokenizer_config.json
};

/// The normaliser and the pre-tokeniser that a class of transformers 5.24 builds for itself, whatever those
/// of `tokenizer.json` are. Errors: type (a setting), and those of `make_normalizer`.
void set_class_steps(TokenizerClass tokenizer_class, const ClassFiles& files, TokenizerPipeline& pipeline);

/// The model that such a class builds over a vocabulary; `siglip` has none of this form. Errors: missing (the
/// unknown token), range (a vocabulary without the id of the unknown token).
std::unique_ptr<TokenModel> make_model_of_class(TokenizerClass tokenizer_class, const SpecialTokens& special,
                                                const ModelTables& tables);

}  // namespace sightline
