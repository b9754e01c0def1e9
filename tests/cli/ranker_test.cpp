// SPDX-License-Identifier: Apache-2.0
#include "score/ranker.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "support/catch.h"

using namespace sightline;
using namespace sightline::app;

namespace {

std::vector<RankedScore> ranked(Ranker& ranker, const std::vector<float>& cosines) {
  const auto scores = ranker.rank(cosines, [](std::size_t position, RankedScore& score) {
    score.index = static_cast<std::int64_t>(position);
  });
  return {scores.begin(), scores.end()};
}

std::vector<std::int64_t> places(Ranker ranker, const std::vector<float>& cosines) {
  std::vector<std::int64_t> indices;
  for (const RankedScore& score : ranked(ranker, cosines)) indices.push_back(score.index);
  return indices;
}

/// Cosines with many ties.
std::vector<float> coarse(std::size_t count) {
  std::vector<float> cosines(count);
  std::uint32_t state = 7;
  for (float& value : cosines) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(static_cast<int>(state >> 28) - 8) / 8;
  }
  return cosines;
}

}  // namespace

TEST_CASE("ranker: best first, ties in input order, NaN last", "[cli]") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(places(Ranker(Head(1), {}, {}), {0.25F, nan, 0.5F, 0.25F, -1, nan, 0.5F}) ==
        std::vector<std::int64_t>{2, 6, 0, 3, 4, 1, 5});
  CHECK(places(Ranker(Head(1), {}, {}), {}).empty());
}

TEST_CASE("ranker: the top K are the first K of the full ranking, for every K", "[cli][property]") {
  const std::vector<float> cosines = coarse(500);
  std::vector<std::int64_t> all(cosines.size());
  std::iota(all.begin(), all.end(), 0);
  std::ranges::stable_sort(all, std::greater(),
                           [&](std::int64_t i) { return cosines[static_cast<std::size_t>(i)]; });
  for (const std::int64_t top : {1, 2, 63, 499, 500, 501}) {
    const auto end = all.begin() + std::min<std::int64_t>(top, std::ssize(all));
    CHECK(places(Ranker(Head(1), top, {}), cosines) == std::vector<std::int64_t>(all.begin(), end));
  }
}

TEST_CASE("ranker: a threshold keeps scores that reach it", "[cli]") {
  CHECK(places(Ranker(Head(1), {}, 0.25F), {0.25F, 0.2499F, 0.5F}) == std::vector<std::int64_t>{2, 0});
  CHECK(places(Ranker(Head(1), 1, 0.25F), {0.25F, 0.2499F, 0.5F}) == std::vector<std::int64_t>{2});
  CHECK(places(Ranker(Head(1), {}, 0.75F), {0.25F, 0.5F}).empty());
}

TEST_CASE("ranker: probabilities are over the whole list, logits are scaled cosines", "[cli]") {
  Ranker ranker(Head(100), 1, {});
  const std::vector<RankedScore> best = ranked(ranker, {0.25F, 0.26F, 0.24F});
  REQUIRE(best.size() == 1);
  CHECK(best[0].cosine == 0.26F);
  CHECK(best[0].logit == 26.0F);
  const double others = std::exp(-1.0) + std::exp(-2.0);
  CHECK(std::abs(static_cast<double>(best[0].probability) - 1 / (1 + others)) < 1e-5);
  Ranker again(Head(100), {}, {});
  (void)ranked(again, coarse(50));  // buffers of a longer list
  const std::vector<RankedScore> two = ranked(again, {0.5F, 0.5F});
  REQUIRE(two.size() == 2);
  CHECK(two[0].probability == 0.5F);
  CHECK(two[1].probability == 0.5F);
}
