// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/vocabulary_scan.h"

#include <utility>

#include "sightline/base/function_ref.h"
#include "sightline/text/clip_table.h"
#include "sightline/text/json_scanner.h"
#include "sightline/text/limits.h"

namespace sightline {
namespace {

constexpr std::size_t kTypicalMemberBytes = 16;
constexpr std::size_t kTypicalMergeBytes = 32;

/// Calls `read_value` after each key of an object.
bool scan_members(JsonScanner& scan, FunctionRef<bool(std::string_view key)> read_value) {
  if (!scan.take('{')) return false;
  if (scan.take('}')) return true;
  do {
    std::string_view key;
    if (!scan.read_string(key) || !scan.take(':') || !read_value(key)) return false;
  } while (scan.take(','));
  return scan.take('}');
}

/// Collects the tokens of a vocabulary. As long as they are CLIP's, in the same order, nothing is stored.
class TokenCollector {
 public:
  /// `typical` is the likely number of tokens.
  explicit TokenCollector(std::size_t typical)
      : typical_(typical), names_(clip_table() != nullptr ? clip_table()->names : TokenNames()) {}

  /// Reads the next token and its id.
  bool scan(JsonScanner& scan) {
    std::string_view token;
    const bool expected = matching_ && matched_ < names_.size() && scan.take_string(names_[matched_]);
    if (!expected && !scan.read_string(token)) return false;
    std::int32_t id = 0;
    if (!scan.take(':') || !scan.read_number(id)) return false;
    if (expected && id == static_cast<std::int32_t>(matched_)) {
      ++matched_;
      return true;
    }
    if (expected) token = names_[matched_];
    if (matching_ && matched_ < names_.size() && token == names_[matched_] &&
        id == static_cast<std::int32_t>(matched_)) {  // the same, written with escape sequences
      ++matched_;
      return true;
    }
    if (matching_) store_matched();
    return add(token, id);
  }

  /// Returns false unless the ids are 0 ... n-1, each used once.
  bool finish(TokenList& list) {
    list.is_clip = matching_ && matched_ > 0 && matched_ == names_.size();
    if (list.is_clip) return true;
    if (matching_) store_matched();
    if (tokens_.empty() || (!ids_.empty() && !sort_by_id())) return false;
    list.tokens = std::move(tokens_);
    return true;
  }

 private:
  void store_matched() {
    matching_ = false;
    tokens_.reserve(typical_);
    for (std::size_t id = 0; id < matched_; ++id) tokens_.push_back(names_[id]);
  }
  bool add(std::string_view token, std::int32_t id) {
    if (std::ssize(tokens_) == kMaxVocabulary) return false;
    if (ids_.empty() && id != std::ssize(tokens_)) {
      for (std::int32_t i = 0; i < std::ssize(tokens_); ++i) ids_.push_back(i);
      out_of_order_ = true;
    }
    if (out_of_order_) ids_.push_back(id);
    tokens_.push_back(token);
    return true;
  }
  bool sort_by_id() {
    std::vector<std::string_view> sorted(tokens_.size());
    std::vector<bool> used(tokens_.size());
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const auto id = static_cast<std::size_t>(ids_[i]);
      if (id >= tokens_.size() || used[id]) return false;
      used[id] = true;
      sorted[id] = tokens_[i];
    }
    tokens_ = std::move(sorted);
    return true;
  }

  std::size_t typical_;
  TokenNames names_;
  bool matching_ = true, out_of_order_ = false;
  std::size_t matched_ = 0;
  std::vector<std::string_view> tokens_;
  std::vector<std::int32_t> ids_;  // only if they are out of order
};

bool scan_tokens(JsonScanner& scan, std::size_t typical, TokenList& list) {
  TokenCollector tokens(typical);
  if (!scan.take('{')) return false;
  do {
    if (!tokens.scan(scan)) return false;
  } while (scan.take(','));
  return scan.take('}') && tokens.finish(list);
}

std::optional<SymbolPair> scan_merge(JsonScanner& scan) {
  std::string_view left, right;
  if (scan.peek() == '"') return scan.read_string(left) ? split_merge(left) : std::nullopt;
  if (!scan.take('[') || !scan.read_string(left) || !scan.take(',') || !scan.read_string(right) ||
      !scan.take(']') || left.empty() || right.empty()) {
    return std::nullopt;
  }
  return symbol_pair(left, right);
}

/// Whether the next merge is the pair, written as two strings.
bool take_pair(JsonScanner& scan, const SymbolPair& pair) {
  JsonScanner::Mark mark = scan.mark();
  if (scan.take('[') && scan.take_string(pair.left()) && scan.take(',') && scan.take_string(pair.right()) &&
      scan.take(']')) {
    return true;
  }
  scan.reset(mark);
  return false;
}

/// As for tokens, nothing is stored as long as the merges are CLIP's.
bool scan_merges(JsonScanner& scan, std::size_t typical, MergeList& list) {
  const TokenTable* clip = clip_table();
  const std::size_t known = clip == nullptr ? 0 : clip->vocabulary.merger.index().merges().size();
  std::size_t matched = 0;
  bool matching = true;
  const auto store_matched = [&] {
    matching = false;
    list.pairs.reserve(typical);
    for (std::size_t rank = 0; rank < matched; ++rank) list.pairs.push_back(merge_symbols(*clip, rank));
  };
  if (!scan.take('[')) return false;
  if (scan.take(']')) return true;
  do {
    if (matching && matched < known && take_pair(scan, merge_symbols(*clip, matched))) {
      ++matched;
      continue;
    }
    const std::optional<SymbolPair> pair = scan_merge(scan);
    if (!pair) return false;
    if (matching && matched < known && is_same(*pair, merge_symbols(*clip, matched))) {
      ++matched;
      continue;
    }
    if (matching) store_matched();
    if (std::ssize(list.pairs) == kMaxMerges) return false;
    list.pairs.push_back(*pair);
  } while (scan.take(','));
  list.is_clip = matching && matched == known;
  if (matching && !list.is_clip) store_matched();
  return scan.take(']');
}

bool is_at_end(JsonScanner& scan, std::string_view text) {
  return scan.peek() == '\0' && scan.position() == text.size();
}

}  // namespace

std::optional<TokenList> scan_vocabulary(std::string_view vocab_json) {
  const auto scan = std::make_shared<JsonScanner>(vocab_json);
  TokenList list;
  if (!scan_tokens(*scan, vocab_json.size() / kTypicalMemberBytes, list) || !is_at_end(*scan, vocab_json))
    return std::nullopt;
  list.owner = scan;
  return list;
}

std::optional<ScannedTokenizer> scan_tokenizer_json(std::string_view text) {
  const auto scan = std::make_shared<JsonScanner>(text);
  ScannedTokenizer result;
  result.merges.path = "tokenizer.json: model.merges";
  std::size_t copied = 0;  // bytes of the text before this are in the rest
  int vocabularies = 0, merges = 0;
  const auto cut = [&](std::string_view replacement, FunctionRef<bool()> read) {
    scan->peek();
    result.rest.append(text.substr(copied, scan->position() - copied)).append(replacement);
    const bool complete = read();
    copied = scan->position();
    return complete;
  };
  const auto read_model_member = [&](std::string_view key) {
    if (key == "vocab") {
      return ++vocabularies == 1 && cut("{}", [&] {
        return scan_tokens(*scan, text.size() / 2 / kTypicalMemberBytes, result.tokens);
      });
    }
    if (key == "merges") {
      return ++merges == 1 && cut("[]", [&] {
        return scan_merges(*scan, text.size() / 2 / kTypicalMergeBytes, result.merges);
      });
    }
    return scan->skip_value();
  };
  const bool complete = scan_members(*scan, [&](std::string_view key) {
    return key == "model" ? scan_members(*scan, read_model_member) : scan->skip_value();
  });
  if (!complete || vocabularies != 1 || merges != 1 || !is_at_end(*scan, text)) return std::nullopt;
  result.rest.append(text.substr(copied));
  result.tokens.owner = scan;
  return result;
}

}  // namespace sightline
