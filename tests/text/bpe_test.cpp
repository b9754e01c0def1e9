// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/bpe.h"

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "sightline/text/symbol_table.h"
#include "support/catch.h"

using namespace sightline;

namespace {

using Pair = std::pair<std::int32_t, std::int32_t>;
using Ranks = std::map<Pair, std::pair<int, std::int32_t>>;  // pair -> rank, result

// The definition: merge the lowest rank, leftmost first, until none is left.
std::vector<std::int32_t> naive(const Ranks& ranks, std::vector<std::int32_t> symbols) {
  for (;;) {
    auto best = ranks.end();
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
      const auto found = ranks.find({symbols[i], symbols[i + 1]});
      if (found != ranks.end() && (best == ranks.end() || found->second.first < best->second.first)) {
        best = found;
        at = i;
      }
    }
    if (best == ranks.end()) return symbols;
    symbols[at] = best->second.second;
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

}  // namespace

TEST_CASE("bpe: any word of any length is merged according to the definition", "[text][property]") {
  std::mt19937 random(20261121);
  for (int round = 0; round < 20; ++round) {
    const std::int32_t letters = 2 + static_cast<std::int32_t>(random() % 4);
    std::int32_t next = letters;
    std::vector<Merge> merges;
    Ranks ranks;
    // Pairs of existing and later symbols, so that results may have lower ranks than their parts.
    for (int rank = 0; next < letters + 60; ++next) {
      const auto top = static_cast<std::uint32_t>(next + round % 3);
      const Pair pair{static_cast<std::int32_t>(random() % top), static_cast<std::int32_t>(random() % top)};
      if (!ranks.emplace(pair, std::pair{rank, next}).second) continue;
      merges.push_back({pair.first, pair.second, next});
      ++rank;
    }
    MergeTable table(merges);
    REQUIRE_FALSE(table.build_index("merges"));
    const BytePairMerger merger(table.index());
    for (const int length : {0, 1, 2, 15, 16, 17, 40, 255, 256, 400}) {
      std::vector<std::int32_t> word;
      for (int i = 0; i < length; ++i) {
        word.push_back(static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(letters)));
      }
      if (length > 30) word[20] = -1;  // a byte that is not in the vocabulary
      std::vector<std::int32_t> merged = word;
      merger.merge(merged);
      CHECK(merged == naive(ranks, word));
    }
  }
}

TEST_CASE("bpe: more than 65,536 ranks are processed in order in a long word", "[text]") {
  constexpr std::int32_t kRules = 70'000;
  std::vector<Merge> merges;
  // Rank k merges (k, k + 1); in 0 1 2 the pair 0 1 comes first, and near the end of the table as well.
  for (std::int32_t k = 0; k < kRules; ++k) merges.push_back({k, k + 1, 100'000 + k});
  MergeTable table(std::move(merges));
  REQUIRE_FALSE(table.build_index("merges"));
  const BytePairMerger merger(table.index());
  std::vector<std::int32_t> word, expected;
  for (int i = 0; i < 200; ++i) {
    for (const std::int32_t k : {69'997, 69'998, 69'999, 0}) word.push_back(k);
    expected.insert(expected.end(), {169'997, 69'999, 0});
  }
  merger.merge(word);
  CHECK(word == expected);
}

TEST_CASE("bpe: duplicate pairs and symbols are rejected", "[text]") {
  MergeTable table({{1, 2, 3}, {2, 1, 4}, {1, 2, 5}});
  CHECK(table.build_index("merges") == 2);
  CHECK_FALSE(SymbolTable::of({"dog", "cat", "dog"}));
  CHECK_FALSE(SymbolTable::of({"a longer symbol</w>", "a longer symbol</w>"}));
  const std::optional<SymbolTable> table_of_symbols =
      SymbolTable::of({"dog", "a bird", "a longer symbol</w>"});
  REQUIRE(table_of_symbols);
  const SymbolTable& symbols = *table_of_symbols;
  CHECK(symbols.size() == 3);
  CHECK(symbols.find("dog") == 0);
  CHECK(symbols.find("a longer symbol</w>") == 2);
  CHECK(symbols.find("dogs") == -1);
  CHECK(symbols.find("") == -1);
  CHECK(symbols.has_id(2, "a longer symbol</w>"));
  CHECK_FALSE(symbols.has_id(0, "cat"));
  CHECK_FALSE(symbols.has_id(3, "dog"));
  CHECK_FALSE(symbols.has_id(-1, "dog"));
}
