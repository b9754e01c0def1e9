// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "sightline/text/bpe.h"
#include "sightline/text/piece_index.h"
#include "sightline/text/token_model.h"
#include "sightline/text/tokenizer.h"

namespace sightline {

struct BpeSettings {
  /// kNoToken: an unknown character has no id.
  std::int32_t unknown_id = kNoToken;
  bool byte_fallback = false;    ///< an unknown character becomes one token per byte
  bool fuse_unknown = false;     ///< a run of unknown characters becomes one token
  bool ignore_merges = false;    ///< a piece that is a token is not merged from its characters
  std::string end_of_word = {};  ///< suffix of the last character of a piece
};

/// Byte-pair encoding over characters. Source: tokenizers 0.23.3, models/bpe/model.rs.
class BpeModel : public TokenModel {
 public:
  /// `owner` keeps the memory of `pieces` and `merger` alive.
  BpeModel(const PieceIndex& pieces, const BytePairMerger& merger, BpeSettings settings,
           std::shared_ptr<const void> owner);

  void append_ids(std::string_view piece, std::vector<std::int32_t>& ids) const override;
  std::optional<std::int32_t> id_of(std::string_view token) const override;
  std::int64_t size() const override { return static_cast<std::int64_t>(pieces_.size()); }

 private:
  std::vector<std::int32_t> symbols_of(std::string_view piece) const;

  std::shared_ptr<const void> owner_;
  PieceIndex pieces_;
  BytePairMerger merger_;
  BpeSettings settings_;
  std::array<std::int32_t, 256> bytes_;
};

}  // namespace sightline
