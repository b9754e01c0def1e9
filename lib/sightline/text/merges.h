// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/text/bpe.h"

namespace sightline {

struct SymbolPair {
  std::string_view left, right;
};

/// The merges of the text of `merges.txt`, up to the first line that is none; views into the text.
struct MergeLines {
  struct Line {
    SymbolPair pair;
    std::int64_t number;  ///< of the line, from 1
  };
  std::vector<Line> lines;
  std::optional<Error> problem;  ///< of the line after them: raised when those before it are good
};
/// Needs no vocabulary, so that both can be read side by side. Errors: limit, utf8, header.
MergeLines split_merges(std::string_view text);

/// The merges in the order of their ranks. Errors: mismatch for a symbol that the vocabulary lacks,
/// duplicate; the subject names the line.
BytePairMerger add_merges(const MergeLines& merges, const SymbolTable& symbols);

/// The same of `tokenizer.json`, whose merges are strings or pairs; views into the document.
struct JsonMerges {
  std::vector<SymbolPair> pairs;
  Json list;
  std::optional<Error> problem;  ///< of the merge after them
};
/// Errors: limit, header, type.
JsonMerges split_json_merges(const Json& list);
/// The subject of an error names the merge.
BytePairMerger add_merges(const JsonMerges& merges, const SymbolTable& symbols);

}  // namespace sightline
