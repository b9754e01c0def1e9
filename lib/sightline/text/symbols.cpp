// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/symbols.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/text/byte_symbols.h"
#include "sightline/text/clip_table.h"
#include "sightline/text/limits.h"
#include "sightline/text/tokenizer_pipeline.h"

namespace sightline {
namespace {

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

std::vector<std::string_view> tokens_of(const Json& object) {
  if (!object.is_object()) fail(ErrorCode::header, object.path(), "is not an object of tokens and ids");
  if (object.size() > kMaxVocabulary)
    fail(ErrorCode::limit, object.path(), "has " + std::to_string(object.size()) + " tokens");
  std::vector<std::string_view> tokens(static_cast<std::size_t>(object.size()));
  IdReader ids(object.size());
  object.for_each_member([&](std::string_view token, const Json& value) { tokens[ids.read(value)] = token; });
  return tokens;
}

std::vector<std::string_view> tokens_of(const TokenNames& names) {
  std::vector<std::string_view> tokens(names.size());
  for (std::size_t id = 0; id < tokens.size(); ++id) tokens[id] = names[id];
  return tokens;
}

/// The pairs of a list that was recognised as CLIP's.
MergeList split_again(const MergeList& list) {
  if (!list.text.empty()) return split_merges(list.text);
  MergeList result;
  result.path = list.path;
  const std::size_t count = clip_table()->vocabulary.merger.index().merges().size();
  for (std::size_t rank = 0; rank < count; ++rank) result.pairs.push_back(merge_symbols(*clip_table(), rank));
  return result;
}

}  // namespace

Symbols Symbols::from_vocabulary(std::string_view vocab_json) {
  if (std::optional<TokenList> scanned = scan_vocabulary(vocab_json)) {
    if (std::optional<Symbols> symbols = from_tokens(std::move(*scanned))) return std::move(*symbols);
  }
  const auto document = std::make_shared<const JsonDocument>(vocab_json, "vocab.json");
  Symbols symbols = from_json(document->root());
  symbols.owner_ = document;
  return symbols;
}

Symbols Symbols::from_json(const Json& object) {
  return *from_tokens({false, tokens_of(object), nullptr});  // the keys of an object are unique
}

std::optional<Symbols> Symbols::from_tokens(TokenList list) {
  Symbols symbols;
  symbols.owner_ = std::move(list.owner);
  if (list.is_clip) {
    symbols.clip_ = clip_table();
    return symbols;
  }
  symbols.table_ = SymbolTable::of(std::move(list.tokens));
  return symbols.table_ ? std::optional(std::move(symbols)) : std::nullopt;
}

std::int32_t Symbols::find(std::string_view token) const {
  return clip_ != nullptr ? clip_->names.find(token) : table_->find(token);
}

std::vector<std::string_view> Symbols::tokens() const {
  return clip_ != nullptr ? tokens_of(clip_->names) : table_->symbols();
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
  if (clip_ != nullptr && list.is_clip) {
    vocabulary.merger = clip_->vocabulary.merger;
    return;
  }
  // One of the two is CLIP's and the other is not.
  const std::optional<SymbolTable> clip_symbols =
      clip_ != nullptr ? SymbolTable::of(tokens_of(clip_->names)) : std::nullopt;
  const auto table = std::make_shared<const MergeTable>(
      resolve_merges(list.is_clip ? split_again(list) : list, clip_ != nullptr ? *clip_symbols : *table_));
  vocabulary.merger = BytePairMerger(table->index());
  vocabulary.owner = table;
}

TokenizerDocument::TokenizerDocument(std::string_view text) {
  if (std::optional<ScannedTokenizer> scanned = scan_tokenizer_json(text)) {
    symbols_ = Symbols::from_tokens(std::move(scanned->tokens));
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
