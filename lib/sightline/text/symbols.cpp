// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/symbols.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/text/clip_table.h"
#include "sightline/text/limits.h"
#include "sightline/text/tokenizer_pipeline.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

// GPT-2's table: printable bytes map to themselves, the others to U+0100 and up, in order.
std::array<std::string, 256> byte_symbols() {
  std::array<std::string, 256> symbols;
  char32_t next = 256;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool printable_byte =
        (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
    append_utf8(symbols[byte], printable_byte ? byte : next++);
  }
  return symbols;
}

/// Reads the ids of the vocabulary and checks that they are 0 ... n-1, each used once.
class IdReader {
 public:
  explicit IdReader(std::int64_t size) : seen_(static_cast<std::size_t>(size)) {}
  std::size_t read(const Json& value) {
    if (!value.is_integer()) fail(ErrorCode::range, value.path(), "is not an id");
    const std::int64_t id = value.as_integer(0, static_cast<std::int64_t>(seen_.size()) - 1);
    if (seen_[static_cast<std::size_t>(id)]) {
      fail(ErrorCode::duplicate, value.path(), "has id " + std::to_string(id) + ", which is already used");
    }
    seen_[static_cast<std::size_t>(id)] = true;
    return static_cast<std::size_t>(id);
  }

 private:
  std::vector<bool> seen_;
};

TokenList tokens_of(const Json& object) {
  if (!object.is_object()) fail(ErrorCode::header, object.path(), "is not an object of tokens and ids");
  if (object.size() > kMaxVocabulary)
    fail(ErrorCode::limit, object.path(), "has " + std::to_string(object.size()) + " tokens");
  TokenList tokens(static_cast<std::size_t>(object.size()));
  IdReader ids(object.size());
  object.for_each_member([&](std::string_view token, const Json& value) { tokens[ids.read(value)] = token; });
  return tokens;
}

/// CLIP's vocabulary, or nullptr in builds without it.
const TokenTable* clip_table() {
  static const std::optional<TokenTable> table =
      clip_table_bytes().empty() ? std::nullopt : std::optional(trust_token_table(clip_table_bytes()));
  return table ? &*table : nullptr;
}

bool is_same(const TokenNames& names, const TokenList& tokens) {
  if (names.size() != tokens.size()) return false;
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    if (names[id] != tokens[id]) return false;
  }
  return true;
}

/// Whether the merges are those of a table with names, in the same order. In the table, the result of a merge
/// is its two symbols joined, so the pair is the same if the result and the position of the cut are.
bool is_same(const TokenTable& table, const std::vector<SymbolPair>& pairs) {
  const std::span<const Merge> merges = table.vocabulary.merger.index().merges();
  if (merges.size() != pairs.size()) return false;
  for (std::size_t rank = 0; rank < pairs.size(); ++rank) {
    const SymbolPair& pair = pairs[rank];
    const std::string_view joined = table.names[static_cast<std::size_t>(merges[rank].merged)];
    const std::size_t cut = table.names[static_cast<std::size_t>(merges[rank].left)].size();
    if (pair.left_size != cut || cut + pair.right_size != joined.size() ||
        joined.substr(0, cut) != pair.left() || joined.substr(cut) != pair.right()) {
      return false;
    }
  }
  return true;
}

}  // namespace

Symbols Symbols::from_vocabulary(std::string_view vocab_json) {
  if (std::optional<ScannedVocabulary> scanned = scan_vocabulary(vocab_json)) {
    if (std::optional<Symbols> symbols = from_tokens(std::move(scanned->tokens), std::move(scanned->owner)))
      return std::move(*symbols);
  }
  const auto document = std::make_shared<const JsonDocument>(vocab_json, "vocab.json");
  Symbols symbols = from_json(document->root());
  symbols.owner_ = document;
  return symbols;
}

Symbols Symbols::from_json(const Json& object) {
  // The keys of an object are unique.
  return *from_tokens(tokens_of(object), nullptr);
}

std::optional<Symbols> Symbols::from_tokens(TokenList tokens, std::shared_ptr<const void> owner) {
  Symbols symbols;
  symbols.owner_ = std::move(owner);
  const TokenTable* clip = clip_table();
  if (clip != nullptr && is_same(clip->names, tokens)) {
    symbols.clip_ = clip;
    symbols.clip_tokens_ = std::move(tokens);
    return symbols;
  }
  symbols.table_ = SymbolTable::of(std::move(tokens));
  return symbols.table_ ? std::optional(std::move(symbols)) : std::nullopt;
}

std::int32_t Symbols::find(std::string_view token) const {
  return clip_ != nullptr ? clip_->names.find(token) : table_->find(token);
}

Vocabulary Symbols::start_vocabulary() const {
  Vocabulary vocabulary;
  if (clip_ != nullptr) {
    vocabulary.bytes = clip_->vocabulary.bytes;
    vocabulary.final_bytes = clip_->vocabulary.final_bytes;
    vocabulary.size = static_cast<std::int64_t>(clip_->names.size());
    return vocabulary;
  }
  vocabulary.size = static_cast<std::int64_t>(table_->size());
  const std::array<std::string, 256> names = byte_symbols();
  for (std::size_t byte = 0; byte < names.size(); ++byte) {
    vocabulary.bytes[byte] = find(names[byte]);
    vocabulary.final_bytes[byte] = find(names[byte] + std::string(kEndOfWord));
  }
  return vocabulary;
}

void Symbols::set_merges(const MergeList& list, Vocabulary& vocabulary) const {
  if (clip_ != nullptr && !list.problem && is_same(*clip_, list.pairs)) {
    vocabulary.merger = clip_->vocabulary.merger;
    return;
  }
  const auto table = std::make_shared<const MergeTable>(
      clip_ != nullptr ? resolve_merges(list, *SymbolTable::of(clip_tokens_))
                       : resolve_merges(list, *table_));
  vocabulary.merger = BytePairMerger(table->index());
  vocabulary.owner = table;
}

TokenizerDocument::TokenizerDocument(std::string_view text) {
  if (std::optional<ScannedTokenizer> scanned = scan_tokenizer_json(text)) {
    symbols_ = Symbols::from_tokens(std::move(scanned->tokens), std::move(scanned->owner));
    if (symbols_) {
      document_.emplace(scanned->rest, "tokenizer.json");
      merges_ = std::move(scanned->merges);
      return;
    }
  }
  document_.emplace(text, "tokenizer.json");
}

const Symbols& TokenizerDocument::symbols() {
  if (!symbols_) symbols_ = Symbols::from_json(root().at("model").at("vocab"));
  return *symbols_;
}

MergeList TokenizerDocument::merges() {
  return merges_ ? std::move(*merges_) : split_json_merges(root().at("model").at("merges"));
}

}  // namespace sightline
