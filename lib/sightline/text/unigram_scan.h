// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/containers/json.h"
#include "sightline/text/piece_index.h"

namespace sightline {

/// The tokens of a Unigram model and their scores.
struct ScoredPieces {
  PieceList pieces;
  std::vector<double> scores;
};

/// The large member of a `tokenizer.json` with a Unigram model, and the rest of the document.
struct ScannedUnigram {
  ScoredPieces vocabulary;
  std::string rest;  ///< the document with an empty vocabulary
};
/// Reads a `tokenizer.json` in one pass. Returns nullopt if `model.vocab` is not a list of pairs of a string
/// and a number, or is beyond a limit: the text is then to be parsed by JsonDocument, which explains errors.
/// The rest is not checked.
std::optional<ScannedUnigram> scan_unigram_json(std::string_view tokenizer_json);

/// The same list from a parsed document. Errors: header, type, range (a score), limit.
ScoredPieces read_scored_pieces(const Json& vocab);

}  // namespace sightline
