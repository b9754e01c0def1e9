// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/text/bpe.h"
#include "sightline/text/symbol_table.h"

namespace sightline {

struct SymbolPair {
  std::string_view left, right;
};

/// Reads the merges of `merges.txt` up to the first malformed line, as views into the text.
struct MergeLines {
  struct Line {
    SymbolPair pair;
    std::int64_t number;  ///< line number, from 1
  };
  std::vector<Line> lines;
  std::optional<Error> problem;  ///< error of the line after the merges, raised if all earlier ones are valid
};
/// Needs no vocabulary, so that both files can be parsed in parallel. Errors: limit, utf8, header.
MergeLines split_merges(std::string_view text);

/// Adds the merges in rank order. Errors: mismatch for a symbol that is not in the vocabulary, duplicate; the
/// subject includes the line.
BytePairMerger add_merges(const MergeLines& merges, const SymbolTable& symbols);

/// The same for `tokenizer.json`, whose merges are strings or pairs; views into the document.
struct JsonMerges {
  std::vector<SymbolPair> pairs;
  Json list;
  std::optional<Error> problem;  ///< error of the merge after the valid ones
};
/// Errors: limit, header, type.
JsonMerges split_json_merges(const Json& list);
/// The subject of an error includes the merge.
BytePairMerger add_merges(const JsonMerges& merges, const SymbolTable& symbols);

}  // namespace sightline
