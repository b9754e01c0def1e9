// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/piece_index.h"

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using Prefixes = std::vector<std::pair<std::size_t, std::int32_t>>;

const std::vector<std::string> kLetters = {"a", "b", "é", "▁", "中", "𠀀"};

std::string drawn(std::mt19937& random, std::size_t most) {
  std::string text;
  for (std::size_t i = random() % most + 1; i > 0; --i) text += kLetters[random() % kLetters.size()];
  return text;
}

}  // namespace

TEST_CASE("piece index: the pieces at each position are those of a search in a map", "[text][property]") {
  std::mt19937 random(20261128);
  for (const std::size_t count : {0, 1, 2, 20, 500}) {
    std::map<std::string, std::int32_t> expected;
    PieceList list;
    while (expected.size() < count) {
      const std::string piece = drawn(random, 6);
      if (expected.emplace(piece, static_cast<std::int32_t>(expected.size())).second) list.add(piece);
    }
    const PieceTable table(std::move(list), "pieces");
    REQUIRE(table.index().is_safe());
    for (const auto& [piece, id] : expected) REQUIRE(table.index().find(piece) == id);
    for (int round = 0; round < 200; ++round) {
      const std::string text = drawn(random, 20);
      Prefixes found, matches;
      table.index().for_each_prefix(text,
                                    [&](std::size_t size, std::int32_t id) { found.emplace_back(size, id); });
      for (std::size_t size = 1; size <= text.size(); ++size) {
        const auto piece = expected.find(text.substr(0, size));
        if (piece != expected.end()) matches.emplace_back(size, piece->second);
      }
      REQUIRE(found == matches);
    }
  }
}

TEST_CASE("piece index: a duplicate is an error that names it", "[text]") {
  PieceList list;
  for (const char* piece : {"a", "b", "a"}) list.add(piece);
  CHECK(error_of([&] { PieceTable(std::move(list), "vocab.txt"); }) ==
        Failure{"DUP", "vocab.txt: contains \"a\" more than once"});
}

TEST_CASE("piece index: tables from a file with a slot outside of the pieces are not safe", "[text]") {
  PieceList list;
  list.add("a");
  const PieceTable table(std::move(list), "pieces");
  const PieceIndex index = table.index();
  std::vector<std::uint32_t> slots(index.slots().begin(), index.slots().end());
  CHECK(PieceIndex(index.names(), slots, index.filter(), 0).is_safe());
  CHECK_FALSE(PieceIndex(index.names(), slots, index.filter().first(1), 0).is_safe());
  slots[0] = 1;
  CHECK_FALSE(PieceIndex(index.names(), slots, index.filter(), 0).is_safe());
}
