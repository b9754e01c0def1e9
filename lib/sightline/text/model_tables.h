// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sightline/text/bpe.h"
#include "sightline/text/piece_index.h"

namespace sightline {

/// The vocabulary of a token model. Views, in memory that `owner` keeps alive.
struct ModelTables {
  PieceIndex pieces;
  std::span<const double> scores;  ///< of a Unigram model, one per piece
  BytePairMerger merger;           ///< of a BPE model
  std::shared_ptr<const void> owner;
};

/// Indexes pieces and keeps them, with their scores or the memory that `merger` views. Errors: those of
/// PieceTable.
ModelTables make_model_tables(PieceList pieces, std::vector<double> scores, std::string_view subject);
ModelTables make_model_tables(PieceList pieces, const BytePairMerger& merger,
                              std::shared_ptr<const void> merges_owner, std::string_view subject);

}  // namespace sightline
