// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <functional>
#include <vector>

#include "nn/small_weights.h"
#include "sightline/nn/embedding.h"
#include "sightline/nn/transformer_encoder.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

constexpr std::int64_t kWidth = 8, kHeads = 2, kRows = 5;

/// Rows [0, 3) and [3, 5); each row attends within its own span.
const std::vector<AttentionSpan> kSpans = {{0, 3, 0, 3, 0}, {3, 2, 3, 2, 0}};

/// A tensor of zeros, and views of other shapes into the same memory.
struct Zeros {
  std::vector<float> values = std::vector<float>(1000);
  TensorView<float> operator()(std::int64_t rows, std::int64_t columns) {
    return {values.data(), Shape{rows, columns}};
  }
};

struct Call {
  ThreadPool pool{1};
  Scratch scratch;
  Context context{pool, scratch};
  Zeros in, out;
};

std::string code_of(const std::function<void()>& work) { return error_of(work).code; }

}  // namespace

TEST_CASE("layers: inputs and outputs of another shape are errors", "[nn][error]") {
  Call call;
  Zeros &in = call.in, &out = call.out;
  SmallWeights small;
  SECTION("dense, normalization, embedding") {
    small.add_linear("d", kWidth, 3);
    const Dense dense(small.root() / "d", {.in = kWidth, .units = 3}, gemm_backend("auto"));
    CHECK(code_of([&] { dense(in(2, kWidth), out(2, 3), call.context); }).empty());
    CHECK(code_of([&] { dense(in(2, kWidth + 1), out(2, 3), call.context); }) == "MISMATCH");
    CHECK(code_of([&] { dense(in(2, kWidth), out(2, 4), call.context); }) == "MISMATCH");
    CHECK(code_of([&] { dense(in(2, kWidth), out(1, 3), call.context); }) == "MISMATCH");
    CHECK(code_of([&] { dense.add_to(out(2, 4), in(2, kWidth), call.context); }) == "MISMATCH");
    small.add("n.weight", Shape{kWidth}, 1);
    small.add("n.bias", Shape{kWidth}, 1);
    const LayerNorm norm(small.root() / "n", kWidth, 1e-5F);
    CHECK(code_of([&] { norm(in(2, kWidth), out(2, kWidth), call.context); }).empty());
    CHECK(code_of([&] { norm(in(2, kWidth + 1), out(2, kWidth + 1), call.context); }) == "MISMATCH");
    CHECK(code_of([&] { norm(in(2, kWidth), out(3, kWidth), call.context); }) == "MISMATCH");
    small.add("e.weight", Shape{4, kWidth}, 1);
    const Embedding embedding(small.root() / "e", 4, kWidth);
    std::vector<float> row(kWidth + 1);
    CHECK(code_of([&] { embedding.lookup(3, std::span(row).first(kWidth)); }).empty());
    CHECK(code_of([&] { embedding.lookup(3, row); }) == "MISMATCH");
    CHECK(code_of([&] { embedding.add(3, std::span(row).first(kWidth - 1)); }) == "MISMATCH");
    CHECK(code_of([&] { embedding.lookup(4, std::span(row).first(kWidth)); }) == "RANGE");
  }
  SECTION("attention") {
    small.add_attention("a", kWidth);
    const GemmBackend& backend = gemm_backend("auto");
    CHECK(code_of([&] { MultiHeadAttention(small.root() / "a", kWidth, 3, Mask::none, backend); }) ==
          "RANGE");
    const MultiHeadAttention attention(small.root() / "a", kWidth, kHeads, Mask::none, backend);
    const auto add = [&](TensorView<float> residual, TensorView<float> queries, TensorView<float> sequence,
                         const std::vector<AttentionSpan>& spans = kSpans) {
      return code_of([&] { attention.add_to(residual, queries, sequence, spans, call.context); });
    };
    const TensorView<float> good = out(kRows, kWidth), from = in(kRows, kWidth);
    CHECK(add(good, from, from).empty());
    CHECK(add(out(kRows, kWidth + 1), from, from) == "MISMATCH");
    CHECK(add(out(kRows - 1, kWidth), from, from) == "MISMATCH");
    CHECK(add(good, in(kRows, kWidth - 1), from) == "MISMATCH");
    CHECK(add(good, from, in(kRows, kWidth + 1)) == "MISMATCH");
    for (const AttentionSpan& wrong :
         {AttentionSpan{3, 3, 3, 2, 0}, AttentionSpan{-1, 2, 3, 2, 0}, AttentionSpan{3, 0, 3, 0, 0},
          AttentionSpan{3, 2, 4, 2, 0}, AttentionSpan{3, 2, -1, 2, 0}, AttentionSpan{3, 2, 3, 2, 1},
          AttentionSpan{3, 2, 3, 1, -1}, AttentionSpan{3, 2, 3, -1, 0},
          AttentionSpan{3, INT64_MAX, 3, 1, 0}}) {
      CHECK(add(good, from, from, {kSpans[0], wrong}) == "MISMATCH");
    }
    const auto add_path = [&](const std::vector<std::int64_t>& path) {
      return add(good, from, from, {kSpans[0], {.length = 3, .first_query = 3, .queries = 2, .path = path}});
    };
    CHECK(add_path({0, 4, 2}).empty());
    for (const std::vector<std::int64_t>& wrong :
         {std::vector<std::int64_t>{0, 1}, {0, 1, 2, 3}, {0, 1, kRows}, {-1, 1, 2}}) {
      CHECK(add_path(wrong) == "MISMATCH");
    }
  }
  SECTION("block") {
    const EncoderConfig config = small_encoder(kWidth, kHeads);
    small.add_encoder(config);
    const TransformerBlock block(small.root() / "layers" / 0, config, Mask::none, gemm_backend("auto"));
    CHECK(code_of([&] { block(in(kRows, kWidth), kSpans, call.context); }).empty());
    CHECK(code_of([&] { block(in(kRows, kWidth + 1), kSpans, call.context); }) == "MISMATCH");
    CHECK(code_of([&] { block(in(kRows - 1, kWidth), kSpans, call.context); }) == "MISMATCH");
    const std::vector<AttentionSpan> pooled = {{0, 3, 0, 1, 2}, {3, 2, 1, 1, 1}};
    const auto pool = [&](TensorView<float> x, TensorView<float> y) {
      return code_of([&] { block.pool(x, pooled, y, call.context); });
    };
    CHECK(pool(in(kRows, kWidth), out(2, kWidth)).empty());
    CHECK(pool(in(kRows - 1, kWidth), out(2, kWidth)) == "MISMATCH");
    CHECK(pool(in(kRows, kWidth), out(1, kWidth)) == "MISMATCH");
    CHECK(pool(in(kRows, kWidth), out(2, kWidth - 1)) == "MISMATCH");
    const auto pool_rows = [&](const std::vector<std::int64_t>& rows) {
      return code_of([&] { block.pool(in(kRows, kWidth), pooled, out(2, kWidth), call.context, rows); });
    };
    CHECK(pool_rows({4, 0}).empty());
    for (const std::vector<std::int64_t>& wrong :
         {std::vector<std::int64_t>{4}, {4, 0, 1}, {4, kRows}, {-1, 0}}) {
      CHECK(pool_rows(wrong) == "MISMATCH");
    }
  }
  SECTION("encoder") {
    EncoderConfig config = small_encoder(kWidth, kHeads);
    small.add_encoder(config);
    const TransformerEncoder encoder(small.root(), config, Mask::none, gemm_backend("auto"));
    const auto run = [&](TensorView<float> x, const std::vector<Sequence>& sequences, TensorView<float> y) {
      return code_of([&] { encoder(x, sequences, y, call.context); });
    };
    CHECK(run(in(kRows, kWidth), {{3, 2}, {2, 0}}, out(2, kWidth)).empty());
    CHECK(run(in(kRows, kWidth), {{3, 2}, {1, 0}}, out(2, kWidth)) == "MISMATCH");
    CHECK(run(in(kRows, kWidth), {{3, 3}, {2, 0}}, out(2, kWidth)) == "MISMATCH");
    CHECK(run(in(kRows, kWidth), {{3, 2}, {2, -1}}, out(2, kWidth)) == "MISMATCH");
    CHECK(run(in(kRows, kWidth), {{6, 2}, {-1, 0}}, out(2, kWidth)) == "MISMATCH");
    CHECK(run(in(kRows, kWidth), {{5, 2}, {0, 0}}, out(2, kWidth)) == "MISMATCH");
    CHECK(run(in(kRows, kWidth), {{3, 2}, {2, 0}}, out(3, kWidth)) == "MISMATCH");
    CHECK(run(in(kRows, kWidth + 1), {{3, 2}, {2, 0}}, out(2, kWidth + 1)) == "MISMATCH");
    const auto run_all = [&](TensorView<float> x, const std::vector<Sequence>& sequences) {
      return code_of([&] { encoder(x, sequences, call.context); });
    };
    CHECK(run_all(in(kRows, kWidth), {{3, 0}, {2, 0}}).empty());
    CHECK(run_all(in(kRows, kWidth), {{3, 0}, {1, 0}}) == "MISMATCH");
    CHECK(run_all(in(kRows, kWidth), {{6, 0}, {-1, 0}}) == "MISMATCH");
    CHECK(run_all(in(kRows, kWidth + 1), {{3, 0}, {2, 0}}) == "MISMATCH");
    config.layers = 0;
    CHECK(code_of([&] { TransformerEncoder(small.root(), config, Mask::none, gemm_backend("auto")); }) ==
          "RANGE");
  }
}
