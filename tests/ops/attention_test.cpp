// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "support/catch.h"
#include "support/random_values.h"

using namespace sightline;

namespace {

struct Case {
  std::int64_t length, width, heads;
};

std::vector<float> run(const Case& c, const std::vector<float>& q, const std::vector<float>& k,
                       const std::vector<float>& v, std::span<const AttentionSpan> spans, Mask mask,
                       int threads) {
  std::vector<float> out(q.size());
  ThreadPool pool(threads);
  Scratch scratch;
  Context context{pool, scratch};
  attention({q.data(), k.data(), v.data(), out.data(), c.width, c.width, c.width, c.width, c.heads}, spans,
            mask, context);
  return out;
}

// The reference: softmax(Q K^T / sqrt(D)) V, one value at a time.
double plain(const Case& c, const std::vector<float>& q, const std::vector<float>& k,
             const std::vector<float>& v, std::int64_t row, std::int64_t column, Mask mask) {
  const std::int64_t depth = c.width / c.heads, first = column / depth * depth;
  const std::int64_t seen = mask == Mask::causal ? row + 1 : c.length;
  double sum = 0, value = 0;
  for (std::int64_t j = 0; j < seen; ++j) {
    double score = 0;
    for (std::int64_t d = 0; d < depth; ++d) {
      score += static_cast<double>(q[static_cast<std::size_t>(row * c.width + first + d)]) *
               static_cast<double>(k[static_cast<std::size_t>(j * c.width + first + d)]);
    }
    const double weight = std::exp(score / std::sqrt(static_cast<double>(depth)));
    sum += weight;
    value += weight * static_cast<double>(v[static_cast<std::size_t>(j * c.width + column)]);
  }
  return value / sum;
}

}  // namespace

TEST_CASE("attention: matches the formula for odd lengths and head widths, with and without a mask",
          "[ops]") {
  const Case c = GENERATE(Case{1, 8, 2}, Case{5, 36, 3}, Case{50, 64, 1}, Case{17, 80, 1}, Case{77, 24, 2},
                          Case{40, 300, 2});
  const Mask mask = GENERATE(Mask::none, Mask::causal);
  const auto size = c.length * c.width;
  const std::vector<float> q = random_values(size, 1), k = random_values(size, 2), v = random_values(size, 3);
  const AttentionSpan span{0, c.length, 0, c.length, 0};
  const std::vector<float> out = run(c, q, k, v, {&span, 1}, mask, 2);
  double worst = 0;
  for (std::int64_t i = 0; i < c.length; ++i) {
    for (std::int64_t j = 0; j < c.width; ++j) {
      worst = std::max(worst, std::abs(static_cast<double>(out[static_cast<std::size_t>(i * c.width + j)]) -
                                       plain(c, q, k, v, i, j, mask)));
    }
  }
  CHECK(worst < 5e-6);
}

TEST_CASE("attention: a sequence gives the same bits alone, in a batch and with one query",
          "[ops][property]") {
  const Case c{21, 48, 4};
  const std::int64_t second = 9, rows = c.length + second;
  const std::vector<float> q = random_values(rows * c.width, 4), k = random_values(rows * c.width, 5),
                           v = random_values(rows * c.width, 6);
  const Mask mask = GENERATE(Mask::none, Mask::causal);
  const AttentionSpan both[] = {{0, c.length, 0, c.length, 0}, {c.length, second, c.length, second, 0}};
  const std::vector<float> batch = run(c, q, k, v, both, mask, 2);
  const AttentionSpan tail[] = {{c.length, second, c.length, second, 0}};
  const std::vector<float> alone = run(c, q, k, v, tail, mask, 1);
  const auto offset = static_cast<std::size_t>(c.length * c.width);
  CHECK(std::memcmp(batch.data() + offset, alone.data() + offset, (batch.size() - offset) * sizeof(float)) ==
        0);

  const std::int64_t position = second - 1;
  const AttentionSpan one[] = {{c.length, second, c.length + position, 1, position}};
  const std::vector<float> single = run(c, q, k, v, one, mask, 1);
  const auto row = static_cast<std::size_t>((c.length + position) * c.width);
  CHECK(std::memcmp(single.data() + row, batch.data() + row,
                    static_cast<std::size_t>(c.width) * sizeof(float)) == 0);
}

TEST_CASE("attention: survives large and very negative scores, and reports values that are not numbers",
          "[ops]") {
  // Keys of width 1 are the scores, and values of one 1 select a weight.
  const std::vector<float> keys = {1000, 999, -1e30F, 0}, query(4, 1.0F);
  const Case c{4, 1, 1};
  const AttentionSpan span{0, 4, 0, 1, 3};
  std::vector<float> weights;
  for (std::size_t i = 0; i < 4; ++i) {
    std::vector<float> values(4);
    values[i] = 1;
    weights.push_back(run(c, query, keys, values, {&span, 1}, Mask::none, 1)[0]);
  }
  CHECK_THAT(static_cast<double>(weights[0]), WithinAbs(1 / (1 + std::exp(-1.0)), 1e-6));
  CHECK_THAT(static_cast<double>(weights[1]), WithinAbs(std::exp(-1.0) / (1 + std::exp(-1.0)), 1e-6));
  CHECK(weights[2] < 1e-30F);
  CHECK_THAT(static_cast<double>(weights[0] + weights[1] + weights[2] + weights[3]), WithinAbs(1, 1e-6));
  CHECK(std::isnan(run(c, query, {1, NAN, 2, 3}, {1, 1, 1, 1}, {&span, 1}, Mask::none, 1)[0]));
}

TEST_CASE("attention: rows along a path give the same bits as consecutive rows", "[ops][property]") {
  const Case c = GENERATE(Case{21, 48, 4}, Case{40, 64, 1}, Case{7, 15, 3});
  const auto size = c.length * c.width;
  const std::vector<float> q = random_values(size, 7), k = random_values(size, 8), v = random_values(size, 9);
  const Mask mask = GENERATE(Mask::none, Mask::causal);
  std::vector<std::int64_t> path(static_cast<std::size_t>(c.length));
  std::vector<float> far_keys(k.size()), far_values(v.size());  // the same rows in another order
  for (std::int64_t i = 0; i < c.length; ++i) {
    const std::int64_t row = (i * 11 + 2) % c.length;
    path[static_cast<std::size_t>(i)] = row;
    std::copy_n(k.data() + i * c.width, c.width, far_keys.data() + row * c.width);
    std::copy_n(v.data() + i * c.width, c.width, far_values.data() + row * c.width);
  }
  const AttentionSpan whole{0, c.length, 0, c.length, 0};
  const std::vector<float> expected = run(c, q, k, v, {&whole, 1}, mask, 1);
  // The path in two spans: the first queries, and the others.
  const std::int64_t first = c.length / 3;
  const std::span<const std::int64_t> rows(path);
  const std::int64_t length = mask == Mask::causal ? first : c.length;
  const AttentionSpan parts[] = {
      {.length = length, .queries = first, .path = rows.first(static_cast<std::size_t>(length))},
      {.length = c.length,
       .first_query = first,
       .queries = c.length - first,
       .position = first,
       .path = rows}};
  CHECK(run(c, q, far_keys, far_values, parts, mask, 2) == expected);
}
