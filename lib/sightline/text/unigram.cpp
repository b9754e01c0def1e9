// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/unigram.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::size_t kShortText = 63;  // up to this length, the nodes are on the stack

}  // namespace

std::array<std::int32_t, 256> byte_tokens(const PieceIndex& pieces) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::array<std::int32_t, 256> ids;
  for (std::size_t byte = 0; byte < ids.size(); ++byte) {
    const std::string name{'<', '0', 'x', kDigits[byte >> 4], kDigits[byte & 15], '>'};
    ids[byte] = pieces.find(name);
  }
  return ids;
}

bool append_byte_tokens(const std::array<std::int32_t, 256>& tokens, std::string_view text,
                        std::vector<std::int32_t>& ids) {
  const auto token_of = [&](char c) { return tokens[static_cast<unsigned char>(c)]; };
  if (!std::all_of(text.begin(), text.end(), [&](char c) { return token_of(c) != kNoToken; })) return false;
  for (const char c : text) ids.push_back(token_of(c));
  return true;
}

Unigram::Unigram(const PieceIndex& pieces, std::span<const double> scores, const UnigramSettings& settings,
                 std::shared_ptr<const void> owner)
    : owner_(std::move(owner)), pieces_(pieces), scores_(scores), settings_(settings), bytes_{} {
  bytes_.fill(kNoToken);
  if (settings_.byte_fallback) bytes_ = byte_tokens(pieces_);
}

std::optional<std::int32_t> Unigram::id_of(std::string_view token) const {
  const std::int32_t id = pieces_.find(token);
  return id == PieceIndex::kNone ? std::nullopt : std::optional(id);
}

// The first of equal candidates wins. They arrive by the start of their last token, shorter ones first.
void Unigram::offer(Node& node, double candidate, std::size_t begin, std::int32_t id) const {
  if (settings_.rule == UnigramRule::sentencepiece)
    candidate = static_cast<double>(static_cast<float>(candidate));
  if (node.begin != kUnreached && !(candidate > node.score)) return;
  node.score = candidate;
  node.begin = static_cast<std::uint32_t>(begin);
  node.id = id;
}

void Unigram::find_best(std::string_view text, std::span<Node> nodes) const {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::min(utf8_length(text[at]), text.size() - at);
    const double before = nodes[at].score;
    bool has_character = false;
    pieces_.for_each_prefix(text.substr(at), [&](std::size_t size, std::int32_t id) {
      const double score = scores_[static_cast<std::size_t>(id)];
      if (score == kNotMatched) return;
      offer(nodes[at + size], before + score, at, id);
      has_character = has_character || size == length;
    });
    if (!has_character) offer(nodes[at + length], before + settings_.unknown_score, at, kUnknown);
    at += length;
  }
}

// A run of unknown characters is one token. Its text may be a token nevertheless: "<unk>", for example.
void Unigram::append_unknown(std::string_view text, std::vector<std::int32_t>& ids) const {
  if (const std::int32_t id = pieces_.find(text); id != PieceIndex::kNone) {
    ids.push_back(id);
  } else if (!settings_.byte_fallback || !append_byte_tokens(bytes_, text, ids)) {
    if (settings_.unknown_id == kNoToken) {
      fail(ErrorCode::missing, "",
           "contains a character without a token in the vocabulary, which has no unknown token either");
    }
    ids.push_back(settings_.unknown_id);
  }
}

void Unigram::append_ids(std::string_view piece, std::vector<std::int32_t>& ids) const {
  std::array<Node, kShortText + 1> short_nodes;
  std::vector<Node> long_nodes;
  if (piece.size() > kShortText) long_nodes.resize(piece.size() + 1);
  const std::span<Node> nodes =
      long_nodes.empty() ? std::span<Node>(short_nodes).first(piece.size() + 1) : std::span<Node>(long_nodes);
  find_best(piece, nodes);
  // Each node leads to the start of its token. Turned around in place, each leads to the end of the next one.
  std::size_t next = 0;
  for (std::size_t at = piece.size(); at > 0;) {
    const std::size_t begin = nodes[at].begin;
    nodes[at].begin = static_cast<std::uint32_t>(next);
    next = at;
    at = begin;
  }
  nodes[0].begin = static_cast<std::uint32_t>(next);
  for (std::size_t at = 0; at < piece.size();) {
    const std::size_t begin = at;
    at = nodes[begin].begin;
    const std::int32_t id = nodes[at].id;
    if (!is_unknown(id)) {
      ids.push_back(id);
      continue;
    }
    while (at < piece.size() && is_unknown(nodes[nodes[at].begin].id)) at = nodes[at].begin;
    append_unknown(piece.substr(begin, at - begin), ids);
  }
}

}  // namespace sightline
