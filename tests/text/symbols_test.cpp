// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/symbols.h"

#include <string>

#include "sightline/text/clip_table.h"
#include "sightline/text/token_table.h"
#include "support/catch.h"
#include "support/golden.h"

using namespace sightline;
using sightline::testing::data_path;
using sightline::testing::read_text;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("symbols: CLIP's vocabulary is recognised by its content alone", "[text][tokens]") {
  const std::string vocabulary = read_text(data_path("vocab/vocab.json")),
                    merges = read_text(data_path("vocab/merges.txt"));
  if (clip_table() == nullptr) return;  // a build without the compiled table
  CHECK_NOTHROW(view_token_table(clip_table_bytes(), "the compiled table"));
  const auto is_clip = [](const std::string& text) {
    const std::optional<TokenList> list = scan_vocabulary(text);
    REQUIRE(list);
    return list->is_clip;
  };
  CHECK(is_clip(vocabulary));
  CHECK(is_clip(replaced(vocabulary, "\"cat</w>\": 2368", "\"c\\u0061t<\\/w>\"\n:  2368")));
  CHECK_FALSE(is_clip(replaced(vocabulary, "\"cat</w>\"", "\"caT</w>\"")));
  CHECK_FALSE(is_clip(replaced(vocabulary, ", \"<|endoftext|>\": 49407", "")));
  CHECK_FALSE(is_clip(replaced(replaced(vocabulary, "\"!\": 0", "\"!\": 1"), "\"\\\"\": 1", "\"\\\"\": 0")));
  CHECK_FALSE(scan_vocabulary(replaced(vocabulary, "\"!\": 0", "\"!\": 1")));
  CHECK_FALSE(scan_vocabulary(vocabulary + "x"));
  CHECK(match_or_split_merges(merges).is_clip);
  CHECK_FALSE(match_or_split_merges(replaced(merges, "i n\n", "in n\n")).is_clip);
  CHECK_FALSE(match_or_split_merges(replaced(merges, "t h\n", "t\n")).is_clip);
  CHECK_FALSE(match_or_split_merges(merges + "a b\n").is_clip);
}

TEST_CASE("symbols: a vocabulary that differs from CLIP's has its own ids", "[text][tokens]") {
  const std::string vocabulary = read_text(data_path("vocab/vocab.json")),
                    merges = read_text(data_path("vocab/merges.txt"));
  const Vocabulary clip = read_vocabulary(vocabulary, merges);
  const Vocabulary fewer = read_vocabulary(vocabulary, replaced(merges, "i n\n", ""));
  CHECK(clip.merger.index().rank_of(clip.bytes['i'], clip.bytes['n']) == 0);
  CHECK(fewer.merger.index().rank_of(clip.bytes['i'], clip.bytes['n']) == MergeIndex::kNoRank);
  const Vocabulary other = read_vocabulary(
      replaced(replaced(vocabulary, "\"A\": 32", "\"A\": 33"), "\"B\": 33", "\"B\": 32"), merges);
  CHECK(other.bytes['A'] == clip.bytes['B']);
  CHECK(other.bytes['B'] == clip.bytes['A']);
  CHECK(other.merger.index().merges().size() == clip.merger.index().merges().size());
}
