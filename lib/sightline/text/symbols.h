// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "sightline/containers/json.h"
#include "sightline/text/merges.h"
#include "sightline/text/symbol_table.h"
#include "sightline/text/token_table.h"
#include "sightline/text/vocabulary.h"
#include "sightline/text/vocabulary_scan.h"

namespace sightline {

/// The tokens of a vocabulary and their ids. If they are exactly those of CLIP's published vocabulary, the
/// table of it that is part of the program (clip_table.h) is used, and no hash table is built.
class Symbols {
 public:
  /// Errors: header, duplicate, range, limit, and those of JsonDocument.
  static Symbols from_vocabulary(std::string_view vocab_json);
  /// From a parsed object, which outlives the result. Errors: the same.
  static Symbols from_json(const Json& object);
  /// Returns nullopt if two tokens are equal.
  static std::optional<Symbols> from_tokens(TokenList list);

  /// The id of a token, or -1.
  std::int32_t find(std::string_view token) const;
  /// The tokens by id. The views are valid as long as this object.
  std::vector<std::string_view> tokens() const;
  /// A vocabulary with its size and the symbols of bytes; everything else is to be set.
  Vocabulary start_vocabulary() const;
  /// Resolves the merges with these tokens. Errors: those of `resolve_merges`.
  void set_merges(const MergeList& list, Vocabulary& vocabulary) const;

 private:
  Symbols() = default;

  std::shared_ptr<const void> owner_;
  std::optional<SymbolTable> table_;  ///< unless the tokens are CLIP's
  const TokenTable* clip_ = nullptr;  ///< if they are
};

/// A `tokenizer.json` of which the vocabulary and the merges are parsed separately if possible.
class TokenizerDocument {
 public:
  /// Errors: those of JsonDocument.
  explicit TokenizerDocument(std::string_view text);

  /// The document; if the two were parsed separately, they are empty here.
  Json root() const { return document_->root(); }
  /// `model.vocab`. Valid as long as this object. Errors: missing, and those of Symbols.
  const Symbols& symbols();
  /// `model.merges`. Errors: missing, and those of `split_json_merges`.
  MergeList merges();

 private:
  std::optional<JsonDocument> document_;
  std::optional<Symbols> symbols_;
  std::optional<MergeList> merges_;
};

}  // namespace sightline
