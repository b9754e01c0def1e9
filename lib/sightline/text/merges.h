// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/text/merge_index.h"
#include "sightline/text/symbol_table.h"
#include "sightline/text/token_table.h"

namespace sightline {

/// The two symbols of a merge, as views into the text of a file.
struct SymbolPair {
  const char *left_data, *right_data;
  std::uint32_t left_size, right_size;

  std::string_view left() const { return {left_data, left_size}; }
  std::string_view right() const { return {right_data, right_size}; }
};

SymbolPair symbol_pair(std::string_view left, std::string_view right);
bool is_same(const SymbolPair& a, const SymbolPair& b);
/// The symbols of a merge of a table with names.
SymbolPair merge_symbols(const TokenTable& table, std::size_t rank);

/// The merges of a file in rank order, up to the first malformed one. They need no vocabulary, so that both
/// can be parsed in parallel.
struct MergeList {
  /// The merges are exactly those of `clip_table`. `pairs` is then empty.
  bool is_clip = false;
  std::vector<SymbolPair> pairs;
  std::optional<Error> problem;  ///< error after the last pair, raised if all pairs are valid
  std::string_view text;         ///< of `merges.txt`, if the merges come from it
  std::string path;              ///< else of the list in `tokenizer.json`

  /// Where the merge of a rank is, for messages.
  std::string location(std::size_t rank) const;
};

/// Splits `merges.txt`. Problems: limit, utf8, header.
MergeList split_merges(std::string_view text);
/// The same, without splitting it if it is exactly CLIP's.
MergeList match_or_split_merges(std::string_view text);
/// The same for `tokenizer.json`, whose merges are strings or pairs. Problem: header. Errors: limit, header,
/// type.
MergeList split_json_merges(const Json& list);
/// Splits a merge that is one string of two symbols separated by a space.
std::optional<SymbolPair> split_merge(std::string_view line);

/// Looks up the symbols and indexes the merges. Errors: mismatch for a symbol that is not in the vocabulary,
/// duplicate, and the list's problem; the subject includes the line.
MergeTable resolve_merges(const MergeList& list, const SymbolTable& symbols);

}  // namespace sightline
