// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/attention.h"

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
