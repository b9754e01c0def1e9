// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/bpe_model.h"

#include <utility>

#include "sightline/text/unigram.h"

namespace sightline {

BpeModel::BpeModel(const PieceIndex& pieces, const BytePairMerger& merger, BpeSettings settings,
                   std::shared_ptr<const void> owner)
    : owner_(std::move(owner)), pieces_(pieces), merger_(merger), settings_(std::move(settings)), bytes_{} {
  bytes_.fill(kNoToken);
  if (settings_.byte_fallback) bytes_ = byte_tokens(pieces_);
}

std::optional<std::int32_t> BpeModel::id_of(std::string_view token) const {
  const std::int32_t id = pieces_.find(token);
  return id == PieceIndex::kNone ? std::nullopt : std::optional(id);
}

std::vector<std::int32_t> BpeModel::symbols_of(std::string_view piece) const {
  std::vector<std::int32_t> symbols;
  symbols.reserve(piece.size());
  // As in the reference, byte tokens do not end a run of unknown characters: its token follows them.
  bool pending_unknown = false;
  std::string last;
  while (!piece.empty()) {
    std::string_view character = piece.substr(0, utf8_length(piece[0]));
    piece.remove_prefix(character.size());
    if (piece.empty() && !settings_.end_of_word.empty()) {
      last = std::string(character) + settings_.end_of_word;
      character = last;
    }
    if (const std::int32_t id = pieces_.find(character); id != PieceIndex::kNone) {
      if (pending_unknown) symbols.push_back(settings_.unknown_id);
      pending_unknown = false;
      symbols.push_back(id);
    } else if (settings_.byte_fallback && append_byte_tokens(bytes_, character, symbols)) {
      continue;
    } else if (settings_.unknown_id != kNoToken) {
      if (pending_unknown && !settings_.fuse_unknown) symbols.push_back(settings_.unknown_id);
      pending_unknown = true;
    }
  }
  if (pending_unknown) symbols.push_back(settings_.unknown_id);
  return symbols;
}

void BpeModel::append_ids(std::string_view piece, std::vector<std::int32_t>& ids) const {
  if (settings_.ignore_merges) {
    if (const std::int32_t id = pieces_.find(piece); id != PieceIndex::kNone) {
      ids.push_back(id);
      return;
    }
  }
  std::vector<std::int32_t> symbols = symbols_of(piece);
  merger_.merge(symbols);
  ids.insert(ids.end(), symbols.begin(), symbols.end());
}

}  // namespace sightline
