// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/containers/json.h"
#include "sightline/text/model_tables.h"
#include "sightline/text/symbols.h"
#include "sightline/text/token_model.h"
#include "sightline/text/unigram_scan.h"

namespace sightline {

enum class ModelKind { unigram, bpe, wordpiece };
/// "Unigram", for messages.
std::string_view kind_name(ModelKind kind);

/// A `tokenizer.json` of any kind. Its vocabulary is read in one pass if possible, and is then empty in the
/// document.
class TokenizerJson {
 public:
  /// Errors: limit (above 128 MiB), header (no object), and those of JsonDocument.
  explicit TokenizerJson(std::string_view text);

  Json root() const;
  /// The type of `model`, which files of tokenizers 0.9 and before do not state. Errors: missing, unsupported
  /// (another type, named), header (a vocabulary that is not of this type).
  ModelKind kind() const;
  /// Reads the vocabulary, once. Errors: header, type, range, duplicate, limit, mismatch (a merge whose
  /// symbols are not in the vocabulary).
  ModelTables read_tables();

 private:
  std::optional<JsonDocument> document_;      ///< of a Unigram model that was read in one pass
  std::optional<ScoredPieces> vocabulary_;    ///< of this model
  std::optional<TokenizerDocument> symbols_;  ///< of any other
};

/// The text of a `tokenizer.json` that TokenizerJson has accepted, with an empty vocabulary and no merges.
std::string without_vocabulary(std::string_view tokenizer_json);

/// The model of a `tokenizer.json` with the settings of its `model`. Errors: missing, type, range,
/// unsupported (a setting that changes the ids and is not supported).
std::unique_ptr<TokenModel> make_token_model(const Json& model, ModelKind kind, const ModelTables& tables);

}  // namespace sightline
