// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/model_tables.h"

#include <utility>

namespace sightline {
namespace {

struct OwnedTables {
  PieceTable pieces;
  std::vector<double> scores;
  std::shared_ptr<const void> merges;
};

}  // namespace

ModelTables make_model_tables(PieceList pieces, std::vector<double> scores, std::string_view subject) {
  const auto owned = std::make_shared<const OwnedTables>(
      OwnedTables{PieceTable(std::move(pieces), subject), std::move(scores), nullptr});
  return {owned->pieces.index(), owned->scores, {}, owned};
}

ModelTables make_model_tables(PieceList pieces, const BytePairMerger& merger,
                              std::shared_ptr<const void> merges_owner, std::string_view subject) {
  const auto owned = std::make_shared<const OwnedTables>(
      OwnedTables{PieceTable(std::move(pieces), subject), {}, std::move(merges_owner)});
  return {owned->pieces.index(), {}, merger, owned};
}

}  // namespace sightline
