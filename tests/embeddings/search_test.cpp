// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/search.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "sightline/base/half.h"
#include "sightline/containers/npy.h"
#include "sightline/ops/dot_products.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace sightline;
using sightline::testing::TempFolder;

namespace {

constexpr std::int64_t kWidth = 24, kQueries = 70;

std::string npy(const std::vector<float>& values, bool half) {
  std::string bytes = npy_header(std::ssize(values) / kWidth, kWidth, half);
  for (const float value : values) {
    const std::uint16_t bits = float_to_half(value);
    half ? bytes.append(reinterpret_cast<const char*>(&bits), 2)
         : bytes.append(reinterpret_cast<const char*>(&value), 4);
  }
  return bytes;
}

std::vector<float> random_values(std::int64_t rows, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(rows * kWidth));
  for (float& value : values) value = normal(random);
  return values;
}

float* row_of(std::vector<float>& values, std::int64_t row) { return values.data() + row * kWidth; }

/// Rows that are hard to rank: copies of others, nearly equal ones, and rows of unusual size.
std::vector<float> hard_values(std::int64_t rows) {
  std::vector<float> values = random_values(rows, 2);
  std::mt19937 random(3);
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto other = static_cast<std::int64_t>(random() % static_cast<unsigned>(rows));
    if (i % 3 == 0) std::memcpy(row_of(values, i), row_of(values, other), kWidth * sizeof(float));
    if (i % 5 == 0) row_of(values, i)[i % kWidth] *= 1 + 0x1p-22F;
    const float scale = i % 101 == 0   ? 1e-30F
                        : i % 103 == 0 ? 1e30F
                        : i % 107 == 0 ? 1e-42F
                        : i % 109 == 0 ? 0.0F
                                       : 1.0F;
    for (std::int64_t j = 0; j < kWidth; ++j) row_of(values, i)[j] *= scale;
  }
  return values;
}

Tensor unit_queries() {
  Tensor queries(Shape{kQueries, kWidth});
  std::ranges::copy(random_values(kQueries, 9), queries.view().flat().begin());
  l2_normalize(queries.view());
  return queries;
}

/// All candidates of a query in order, computed row by row.
std::vector<Candidate> expected_ranking(const StoredRows& rows, TensorView<const float> queries,
                                        std::int64_t query, const SearchLimits& limits) {
  std::vector<Candidate> all;
  Tensor row(Shape{1, kWidth});
  for (std::int64_t i = 0; i < rows.size(); ++i) {
    rows.read(i, row.view().row(0));
    float cosine = 0;
    dot_products(row.view(), queries.slice_rows(query, 1), &cosine, 1);
    if (!limits.threshold || cosine >= *limits.threshold) all.push_back({i, cosine});
  }
  std::ranges::sort(all, ranks_before);
  if (limits.top && std::ssize(all) > *limits.top) all.resize(static_cast<std::size_t>(*limits.top));
  return all;
}

bool equal(const std::vector<Candidate>& a, const std::vector<Candidate>& b) {
  return std::ranges::equal(a, b, [](const Candidate& x, const Candidate& y) {
    return x.image == y.image && x.cosine == y.cosine;
  });
}

void check_search(const StoredRows& rows, const SearchLimits& limits, int threads) {
  const Tensor queries = unit_queries();
  ThreadPool pool(threads);
  StoredSearch search(rows, queries.view(), limits, pool);
  std::int64_t zeros = 0, seen = 0;
  search.run(
      [&](std::int64_t first, std::int64_t count, std::span<const ZeroRow> found) {
        CHECK(first == seen);
        seen += count;
        zeros += std::ssize(found);
      },
      [] {});
  CHECK(seen == rows.size());
  for (const std::int64_t query : {0, 1, 5, 63, 64, 69}) {
    const std::vector<Candidate> all = expected_ranking(rows, queries.view(), query, {});
    if (limits.best) CHECK(search.best_cosine(query) == all.front().cosine);
    if (limits.logit_scale) {
      double sum = 0;
      for (const Candidate& candidate : all)
        sum += std::exp(static_cast<double>(candidate.cosine * *limits.logit_scale));
      const double share = std::exp(static_cast<double>(all[0].cosine * *limits.logit_scale)) / sum;
      CHECK(std::abs(static_cast<double>(search.probability(query, all[0].cosine)) - share) <= share * 1e-7);
    }
    CHECK(equal(search.ranking(query), expected_ranking(rows, queries.view(), query, limits)));
  }
}

}  // namespace

TEST_CASE("stored search: has the bits and the order of a search of all cosines", "[embeddings][property]") {
  const TempFolder folder;
  constexpr std::int64_t kRows = 9001;  // three pieces
  for (const bool half : {false, true}) {
    std::vector<float> values = hard_values(kRows);
    if (half) {
      for (float& value : values) value = std::abs(value) > 60000 ? 1.0F : value;
    }
    folder.write("a.npy", npy(values, half));
    const StoredRows rows = StoredRows::open(folder / "a.npy");
    for (const int threads : {1, 3}) {
      check_search(rows, {.top = 1, .threshold = {}}, threads);
      check_search(rows, {.top = 40, .threshold = {}}, threads);
      check_search(rows, {.top = 40, .threshold = 0.5F, .best = true}, threads);
      check_search(rows, {.top = {}, .threshold = 0.6F}, threads);
      check_search(rows, {.top = {}, .threshold = 1.0F, .best = true}, threads);
      check_search(rows, {.top = kRows - 1, .threshold = {}}, threads);
      check_search(rows, {.top = 3 * kRows, .threshold = {}}, threads);
      check_search(rows, {.top = 5, .threshold = {}, .best = false, .logit_scale = 20.0F}, threads);
    }
  }
}

TEST_CASE("stored search: rows of zeros are looked up in the index, others are not", "[embeddings]") {
  const TempFolder folder;
  std::vector<float> values = random_values(1000, 4);
  for (const std::int64_t row : {3, 700, 999}) std::fill_n(row_of(values, row), kWidth, 0.0F);
  folder.write("a.npy", npy(values, false));
  std::string index;
  for (int i = 0; i < 1000; ++i) {
    const bool failed = i == 700 || i == 10;  // row 10 is not zero, so its line is never read
    index += "{\"row\":" + std::to_string(i) + ",\"path\":\"p" + std::to_string(i) + "\",\"status\":" +
             (failed ? "\"skipped\",\"class\":\"TRUNC\",\"message\":\"m\"}\n" : "\"ok\"}\n");
  }
  folder.write("a.index.jsonl", index);
  const StoredRows rows = StoredRows::open(folder / "a.npy");
  CHECK(rows.label(123) == "p123");
  const Tensor queries = unit_queries();
  ThreadPool pool(2);
  for (const std::optional<std::int64_t> top :
       {std::optional<std::int64_t>(7), std::optional<std::int64_t>()}) {
    StoredSearch search(rows, queries.view(), {.top = top, .threshold = {}}, pool);
    std::vector<std::int64_t> zeros;
    search.run(
        [&](std::int64_t, std::int64_t, std::span<const ZeroRow> found) {
          for (const ZeroRow& row : found) {
            zeros.push_back(row.image);
            CHECK(row.entry.outcome.class_name() == (row.image == 700 ? "TRUNC" : ""));
          }
        },
        [] {});
    CHECK(zeros == std::vector<std::int64_t>{3, 700, 999});
    const std::vector<Candidate> ranking = search.ranking(0);
    CHECK(std::ranges::none_of(ranking, [](const Candidate& c) { return c.image == 700; }));
    CHECK(std::ssize(ranking) == top.value_or(999));
  }
}

TEST_CASE("stored search: a check that throws ends it", "[embeddings]") {
  const TempFolder folder;
  folder.write("a.npy", npy(random_values(1000, 4), false));
  const StoredRows rows = StoredRows::open(folder / "a.npy");
  const Tensor queries = unit_queries();
  ThreadPool pool(2);
  StoredSearch search(rows, queries.view(), {}, pool);
  struct Stop {};
  CHECK_THROWS_AS(search.run([](auto&&...) {}, [] { throw Stop{}; }), Stop);
}
