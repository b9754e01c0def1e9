// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "nn/plain_layers.h"
#include "sightline/base/error.h"
#include "sightline/nn/embedding.h"
#include "sightline/ops/int8_panels.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("layers: attention matches its formula in double for every head width and backend", "[nn]") {
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return skip("a backend that does not run here");
  const Mask mask = GENERATE(Mask::none, Mask::causal);
  const std::int64_t heads = GENERATE(1, 3, 6);
  const std::int64_t width = 72, rows = 37;
  SmallWeights small;
  small.add_attention("attn", width);
  const MultiHeadAttention attention(small.root() / "attn", width, heads, mask, *backend);

  const std::vector<float> x = random_values(rows * width, 9), start = random_values(rows * width, 10);
  std::vector<float> y = start;
  ThreadPool pool(2);
  Scratch scratch;
  Context context{pool, scratch};
  const AttentionSpan span{0, rows, 0, rows, 0};
  attention.add_to({y.data(), Shape{rows, width}}, {x.data(), Shape{rows, width}},
                   {x.data(), Shape{rows, width}}, {&span, 1}, context);

  const std::vector<double> exact(x.begin(), x.end());
  const auto project = [&](const char* part, const std::vector<double>& in) {
    return linear(small, std::string("attn.") + part, in, width, width);
  };
  const std::vector<double> expected =
      project("out_proj",
              plain_attention(project("q_proj", exact), project("k_proj", exact), project("v_proj", exact),
                              static_cast<std::size_t>(width), static_cast<std::size_t>(heads), mask));
  double worst = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    worst =
        std::max(worst, std::abs(static_cast<double>(y[i]) - static_cast<double>(start[i]) - expected[i]));
  // Two products of 72 terms, a softmax and a residual of values up to 4: 16 half units of 4.
  CHECK(worst <= 16 * 4 * 0x1p-24 * 4);
}

TEST_CASE("layers: an embedding looks up rows and rejects ids out of range", "[nn][error]") {
  SmallWeights small;
  small.add("tokens.weight", Shape{5, 130}, 1);
  const Embedding embedding(small.root() / "tokens", 5, 130);
  const float* table = values_of(small, "tokens.weight", Shape{5, 130});
  std::vector<float> row(130);
  embedding.lookup(3, row);
  CHECK(std::equal(row.begin(), row.end(), table + 3 * 130));
  embedding.add(1, row);
  for (int i = 0; i < 130; ++i) CHECK(row[static_cast<std::size_t>(i)] == table[390 + i] + table[130 + i]);
  CHECK_THROWS_WITH(embedding.lookup(5, row), Contains("is 5, but the embedding has 5 rows"));
  CHECK_THROWS_WITH(embedding.lookup(-1, row), Contains("is -1"));
}

TEST_CASE("layers: an embedding of int8 panels looks up their rows without expanding the table", "[nn]") {
  SmallWeights small;
  small.add("tokens.weight", Shape{70, 130}, 1);
  const Int8Panels panels = quantize_panels(small.root().require("tokens.weight", Shape{70, 130}));
  Weights weights;
  weights.add("quantized.weight", panels.stored(Shape{70, 130}));
  const Embedding embedding(WeightScope(weights) / "quantized", 70, 130);
  const Tensor table = to_float(panels.stored(Shape{70, 130}));
  std::vector<float> row(130);
  embedding.lookup(69, row);
  CHECK(std::equal(row.begin(), row.end(), table.data() + 69 * 130));
  embedding.add(1, row);
  for (int i = 0; i < 130; ++i)
    CHECK(row[static_cast<std::size_t>(i)] == table.data()[69 * 130 + i] + table.data()[130 + i]);
  CHECK_THROWS_WITH(embedding.lookup(70, row), Contains("is 70, but the embedding has 70 rows"));
}

TEST_CASE("layers: every weight is required with its shape", "[nn][error]") {
  SmallWeights small;
  const EncoderConfig config = small_encoder();
  small.add_encoder(config);
  TransformerEncoder(small.root(), config, Mask::none, gemm_backend("reference"));
  CHECK(small.weights().unused().empty());
  EncoderConfig wider = config;
  wider.mlp_width += 1;
  CHECK_THROWS_AS(TransformerEncoder(small.root(), wider, Mask::none, gemm_backend("reference")), Error);
  wider = config;
  wider.layers += 1;
  CHECK_THROWS_WITH(TransformerEncoder(small.root(), wider, Mask::none, gemm_backend("reference")),
                    Contains("layers.3.layer_norm1.weight"));
}
