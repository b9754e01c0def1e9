// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/vocabulary_scan.h"

#include <array>
#include <utility>

#include "sightline/base/format.h"
#include "sightline/base/function_ref.h"
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

/// Sorts tokens by their ids. Returns false unless the ids are 0 ... n-1, each used once.
bool sort_by_id(const std::vector<std::int32_t>& ids, TokenList& tokens) {
  TokenList sorted(tokens.size());
  std::vector<bool> used(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto id = static_cast<std::size_t>(ids[i]);
    if (id >= tokens.size() || used[id]) return false;
    used[id] = true;
    sorted[id] = tokens[i];
  }
  tokens = std::move(sorted);
  return true;
}

bool scan_tokens(JsonScanner& scan, TokenList& tokens) {
  std::vector<std::int32_t> ids;  // empty while each token's id is its position
  const bool complete = scan_members(scan, [&](std::string_view token) {
    std::int32_t id = 0;
    if (!scan.read_number(id) || std::ssize(tokens) == kMaxVocabulary) return false;
    if (ids.empty() && id != std::ssize(tokens)) {
      for (std::int32_t i = 0; i < std::ssize(tokens); ++i) ids.push_back(i);
    }
    if (id != std::ssize(tokens) || !ids.empty()) ids.push_back(id);
    tokens.push_back(token);
    return true;
  });
  return complete && !tokens.empty() && (ids.empty() || sort_by_id(ids, tokens));
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

bool scan_merges(JsonScanner& scan, std::vector<SymbolPair>& pairs) {
  if (!scan.take('[')) return false;
  if (scan.take(']')) return true;
  do {
    const std::optional<SymbolPair> pair = scan_merge(scan);
    if (!pair || pairs.size() == kMaxMerges) return false;
    pairs.push_back(*pair);
  } while (scan.take(','));
  return scan.take(']');
}

}  // namespace

std::optional<ScannedVocabulary> scan_vocabulary(std::string_view vocab_json) {
  if (!is_utf8(vocab_json)) return std::nullopt;
  const auto scan = std::make_shared<JsonScanner>(vocab_json);
  ScannedVocabulary result;
  result.tokens.reserve(vocab_json.size() / kTypicalMemberBytes);
  if (!scan_tokens(*scan, result.tokens) || scan->peek() != '\0' || scan->position() != vocab_json.size())
    return std::nullopt;
  result.owner = scan;
  return result;
}

std::optional<ScannedTokenizer> scan_tokenizer_json(std::string_view text) {
  if (!is_utf8(text)) return std::nullopt;
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
      return ++vocabularies == 1 && cut("{}", [&] { return scan_tokens(*scan, result.tokens); });
    }
    if (key == "merges") {
      return ++merges == 1 && cut("[]", [&] { return scan_merges(*scan, result.merges.pairs); });
    }
    return scan->skip_value();
  };
  result.tokens.reserve(text.size() / 2 / kTypicalMemberBytes);
  result.merges.pairs.reserve(text.size() / 2 / kTypicalMergeBytes);
  const bool complete = scan_members(*scan, [&](std::string_view key) {
    return key == "model" ? scan_members(*scan, read_model_member) : scan->skip_value();
  });
  if (!complete || vocabularies != 1 || merges != 1 || scan->peek() != '\0' ||
      scan->position() != text.size())
    return std::nullopt;
  result.rest.append(text.substr(copied));
  result.owner = scan;
  return result;
}

}  // namespace sightline
