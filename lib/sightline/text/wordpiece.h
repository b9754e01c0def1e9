// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sightline/text/piece_index.h"
#include "sightline/text/token_model.h"
#include "sightline/text/tokenizer.h"

namespace sightline {

struct WordPieceSettings {
  std::int32_t unknown_id = kNoToken;
  std::string continuing_prefix = "##";  ///< of a token that does not start a word
  std::int64_t max_characters = 100;     ///< a longer word is unknown
};

/// The longest token at each position; a word of which any part has no token is unknown as a whole. Source:
/// tokenizers 0.23.3, models/wordpiece/mod.rs.
class WordPiece : public TokenModel {
 public:
  /// `owner` keeps the memory of `pieces` alive.
  WordPiece(const PieceIndex& pieces, WordPieceSettings settings, std::shared_ptr<const void> owner);

  void append_ids(std::string_view piece, std::vector<std::int32_t>& ids) const override;
  std::optional<std::int32_t> id_of(std::string_view token) const override;
  std::int64_t size() const override { return static_cast<std::int64_t>(pieces_.size()); }

 private:
  struct Match {
    std::size_t length = 0;  ///< without the prefix
    std::int32_t id = PieceIndex::kNone;
  };
  /// `marked` is the text after the prefix, which it starts with unless the text starts the word.
  Match longest(std::string_view marked, std::size_t prefix) const;
  bool append_parts(std::string_view piece, std::vector<std::int32_t>& ids) const;

  std::shared_ptr<const void> owner_;
  PieceIndex pieces_;
  WordPieceSettings settings_;
};

}  // namespace sightline
