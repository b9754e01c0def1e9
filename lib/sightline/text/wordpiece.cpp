// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/wordpiece.h"

#include <algorithm>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/text/limits.h"

namespace sightline {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

WordPiece::WordPiece(const PieceIndex& pieces, WordPieceSettings settings, std::shared_ptr<const void> owner)
    : owner_(std::move(owner)), pieces_(pieces), settings_(std::move(settings)) {}

std::optional<std::int32_t> WordPiece::id_of(std::string_view token) const {
  const std::int32_t id = pieces_.find(token);
  return id == PieceIndex::kNone ? std::nullopt : std::optional(id);
}

WordPiece::Match WordPiece::longest(std::string_view marked, std::size_t prefix) const {
  Match match;
  pieces_.for_each_prefix(marked, [&](std::size_t length, std::int32_t id) {
    if (length > prefix) match = {length - prefix, id};
  });
  return match;
}

bool WordPiece::append_parts(std::string_view piece, std::vector<std::int32_t>& ids) const {
  std::string marked;
  for (std::size_t at = 0; at < piece.size();) {
    const bool first = at == 0;
    if (!first) marked = std::string(settings_.continuing_prefix).append(piece.substr(at, kMaxPieceBytes));
    const Match match = longest(first ? piece : marked, first ? 0 : settings_.continuing_prefix.size());
    if (match.id == PieceIndex::kNone) return false;
    ids.push_back(match.id);
    at += match.length;
  }
  return true;
}

void WordPiece::append_ids(std::string_view piece, std::vector<std::int32_t>& ids) const {
  const auto characters =
      piece.size() - static_cast<std::size_t>(std::count_if(piece.begin(), piece.end(), is_continuation));
  const std::size_t before = ids.size();
  if (static_cast<std::int64_t>(characters) <= settings_.max_characters && append_parts(piece, ids)) return;
  ids.resize(before);
  if (settings_.unknown_id == kNoToken) {
    fail(ErrorCode::missing, "",
         "contains a word without tokens in the vocabulary, which has no unknown token either");
  }
  ids.push_back(settings_.unknown_id);
}

}  // namespace sightline
