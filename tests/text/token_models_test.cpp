// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "sightline/text/bpe_model.h"
#include "sightline/text/unigram.h"
#include "sightline/text/wordpiece.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using Ids = std::vector<std::int32_t>;

/// Pieces with their scores and merges, in memory of their own.
struct Tables {
  PieceTable pieces;
  std::vector<double> scores;
  MergeTable merges{{}};
};

std::shared_ptr<Tables> tables_of(const std::vector<std::string>& pieces, std::vector<double> scores = {}) {
  PieceList list;
  for (const std::string& piece : pieces) list.add(piece);
  return std::make_shared<Tables>(
      Tables{PieceTable(std::move(list), "pieces"), std::move(scores), MergeTable({})});
}

Ids ids_of(const TokenModel& model, std::string_view text) {
  Ids ids;
  model.append_ids(text, ids);
  return ids;
}

Unigram unigram(const std::vector<std::string>& pieces, std::vector<double> scores,
                UnigramSettings settings) {
  const auto tables = tables_of(pieces, std::move(scores));
  return Unigram(tables->pieces.index(), tables->scores, settings, tables);
}

/// The best score of all segmentations into tokens and unknown characters, by its definition.
double best_score(const std::vector<std::string>& pieces, const std::vector<double>& scores, double unknown,
                  std::string_view text) {
  if (text.empty()) return 0;
  double best = -std::numeric_limits<double>::infinity();
  bool has_character = false;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (!text.starts_with(pieces[id])) continue;
    has_character = has_character || pieces[id].size() == 1;
    best = std::max(best, scores[id] + best_score(pieces, scores, unknown, text.substr(pieces[id].size())));
  }
  return has_character ? best : std::max(best, unknown + best_score(pieces, scores, unknown, text.substr(1)));
}

}  // namespace

TEST_CASE("unigram: the segmentation has the best score of all", "[text][property]") {
  std::mt19937 random(20261128);
  const std::vector<std::string> pieces = {"?", "a", "b", "ab", "ba", "aab", "bbb", "abab"};
  for (int round = 0; round < 200; ++round) {
    std::vector<double> scores;
    for (std::size_t i = 0; i < pieces.size(); ++i)
      scores.push_back(-static_cast<double>(random() % 1000) / 64);
    UnigramSettings settings;
    settings.unknown_id = 0;
    settings.unknown_score = -20;
    const Unigram model = unigram(pieces, scores, settings);
    std::string text;
    for (int i = 0; i < 10; ++i) text += "abc"[random() % 3];
    double score = 0;
    std::string rest = text;
    for (const std::int32_t id : ids_of(model, text)) {
      const std::size_t run = std::min(rest.find_first_not_of('c'), rest.size());
      score += id == 0 ? -20 * static_cast<double>(run) : scores[static_cast<std::size_t>(id)];
      rest.erase(0, id == 0 ? run : pieces[static_cast<std::size_t>(id)].size());
    }
    REQUIRE(rest.empty());
    REQUIRE(score == best_score(pieces, scores, -20, text));  // sums of few bits are exact
  }
}

TEST_CASE("unigram: characters without a token are fused, or become bytes, or are an error", "[text]") {
  const std::vector<std::string> pieces = {"?", "a", "<0xC3>", "<0xA9>"};
  UnigramSettings settings;
  CHECK(error_of([&] { ids_of(unigram(pieces, {0, -1, 0, 0}, settings), "aé"); }).code == "MISSING");
  settings.unknown_id = 0;
  settings.unknown_score = -20;
  CHECK(ids_of(unigram(pieces, {0, -1, 0, 0}, settings), "éxaé") == Ids{0, 1, 0});
  settings.byte_fallback = true;
  CHECK(ids_of(unigram(pieces, {0, -1, 0, 0}, settings), "éaéx") == Ids{2, 3, 1, 0});
  CHECK(ids_of(unigram(pieces, {0, -1, 0, 0}, settings), "").empty());
}

TEST_CASE("unigram: a piece without a score has an id and is not matched", "[text]") {
  UnigramSettings settings;
  settings.unknown_id = 0;
  settings.unknown_score = -20;
  const Unigram model = unigram({"?", "a", "aa"}, {0, -1, kNotMatched}, settings);
  CHECK(ids_of(model, "aa") == Ids{1, 1});
  CHECK(model.id_of("aa") == 2);
  CHECK_FALSE(model.id_of("aaa").has_value());
  CHECK(model.size() == 3);
}

TEST_CASE("bpe model: unknown characters follow each setting as in tokenizers 0.23.3", "[text]") {
  const auto tables = tables_of({"?", "a", "b", "ab", "<0xC3>", "<0xA9>", "b$"});
  tables->merges = MergeTable({{1, 2, 3}});
  REQUIRE_FALSE(tables->merges.build_index("merges"));
  const auto model = [&](const BpeSettings& settings) {
    return BpeModel(tables->pieces.index(), BytePairMerger(tables->merges.index()), settings, tables);
  };
  CHECK(ids_of(model({}), "aébx") == Ids{3});  // without an unknown token they vanish
  BpeSettings settings;
  settings.unknown_id = 0;
  CHECK(ids_of(model(settings), "xxabx") == Ids{0, 0, 3, 0});
  settings.fuse_unknown = true;
  CHECK(ids_of(model(settings), "xxabx") == Ids{0, 3, 0});
  settings.byte_fallback = true;
  CHECK(ids_of(model(settings), "éab") == Ids{4, 5, 3});
  CHECK(ids_of(model(settings), "xéab") == Ids{4, 5, 0, 3});  // bytes do not end a run
  settings.end_of_word = "$";
  CHECK(ids_of(model(settings), "ab") == Ids{1, 6});
  settings.ignore_merges = true;
  CHECK(ids_of(model(settings), "ab") == Ids{3});
}

TEST_CASE("wordpiece: the longest token at each position, or the whole word is unknown", "[text]") {
  const auto tables = tables_of({"?", "a", "ab", "##c", "##cd", "##d", "中", "##"});
  WordPieceSettings settings;
  settings.unknown_id = 0;
  settings.max_characters = 4;
  const WordPiece model(tables->pieces.index(), settings, tables);
  CHECK(ids_of(model, "abcd") == Ids{2, 4});
  CHECK(ids_of(model, "acd") == Ids{1, 4});
  CHECK(ids_of(model, "abx") == Ids{0});
  CHECK(ids_of(model, "中dd") == Ids{6, 5, 5});
  CHECK(ids_of(model, "addd") == Ids{1, 5, 5, 5});
  CHECK(ids_of(model, "adddd") == Ids{0});
  settings.unknown_id = kNoToken;
  const WordPiece strict(tables->pieces.index(), settings, tables);
  CHECK(error_of([&] { ids_of(strict, "x"); }).code == "MISSING");
}
