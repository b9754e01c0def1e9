// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <optional>

#include "nn/small_weights.h"
#include "support/allocation_counter.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

/// A causal encoder of every backend and head width under test.
struct Fixture {
  explicit Fixture(const GemmBackend& backend, Mask mask = Mask::causal, EncoderConfig c = small_encoder())
      : config(c) {
    small.add_encoder(config);
    encoder.emplace(small.root(), config, mask, backend);
  }
  std::vector<float> run(std::vector<float> x, const std::vector<Sequence>& sequences,
                         Context& context) const {
    std::vector<float> pooled(sequences.size() * static_cast<std::size_t>(config.width));
    const auto rows = static_cast<std::int64_t>(x.size()) / config.width;
    (*encoder)({x.data(), Shape{rows, config.width}}, sequences,
               {pooled.data(), Shape{static_cast<std::int64_t>(sequences.size()), config.width}}, context);
    return pooled;
  }

  EncoderConfig config;
  SmallWeights small;
  std::optional<TransformerEncoder> encoder;
};

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

}  // namespace

TEST_CASE("encoder: pooling gives the same bits as computing every row", "[nn][property]") {
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return skip("a backend that does not run here");
  const Mask mask = GENERATE(Mask::none, Mask::causal);
  const std::int64_t heads = GENERATE(2, 4, 6);
  EncoderConfig config = small_encoder(48, heads);
  config.norm_order = GENERATE(NormOrder::before, NormOrder::after);
  const Fixture fixture(*backend, mask, config);
  ThreadPool pool(2);
  Scratch scratch;
  Context context{pool, scratch};
  const std::int64_t width = fixture.config.width;
  const std::vector<Sequence> sequences = {{7, 3}, {1, 0}, {40, 39}};
  std::vector<float> x = random_values(48 * width, 3);
  const std::vector<float> pooled = fixture.run(x, sequences, context);

  const TensorView<float> all{x.data(), Shape{48, width}};
  std::vector<float> copy = x;
  (*fixture.encoder)(all, sequences, context);
  std::vector<AttentionSpan> spans(sequences.size());
  fill_spans(sequences, false, spans);
  for (const TransformerBlock& block : fixture.encoder->blocks())
    block({copy.data(), Shape{48, width}}, spans, context);
  CHECK(same_bits(copy, x));
  const std::int64_t rows[] = {3, 7, 47};
  for (std::int64_t i = 0; i < 3; ++i) {
    CHECK(same_bits(all.row(rows[i]), std::span(pooled).subspan(static_cast<std::size_t>(i * width),
                                                                static_cast<std::size_t>(width))));
  }
}

TEST_CASE("encoder: a block with its norms after normalises the sums", "[nn]") {
  EncoderConfig config = small_encoder();
  config.norm_order = NormOrder::after;
  config.layers = 1;
  const GemmBackend& backend = gemm_backend("reference");
  const Fixture fixture(backend, Mask::none, config);
  ThreadPool pool(1);
  Scratch scratch;
  Context context{pool, scratch};
  const Shape shape{9, config.width};
  std::vector<float> x = random_values(shape.elements(), 8), y = x;
  const AttentionSpan span{.length = 9, .queries = 9};
  fixture.encoder->blocks()[0]({x.data(), shape}, {&span, 1}, context);

  // BertLayer: LayerNorm(x + attention(x)), then LayerNorm(x + output(gelu(intermediate(x)))).
  const WeightScope scope = fixture.small.root() / "layers" / 0;
  const auto norm = [&](const char* name) {
    LayerNorm(scope / name, config.width, config.epsilon)({y.data(), shape}, {y.data(), shape}, context);
  };
  const std::vector<float> input = y;
  MultiHeadAttention(scope / "self_attn", config.width, config.heads, Mask::none, backend)
      .add_to({y.data(), shape}, {input.data(), shape}, {input.data(), shape}, {&span, 1}, context);
  norm("layer_norm1");
  const Dense fc1(scope / "mlp" / "fc1",
                  {.in = config.width, .units = config.mlp_width, .activation = config.activation}, backend);
  const Dense fc2(scope / "mlp" / "fc2", {.in = config.mlp_width, .units = config.width}, backend);
  Tensor hidden(Shape{9, config.mlp_width});
  fc1({y.data(), shape}, hidden.view(), context);
  fc2.add_to({y.data(), shape}, hidden.view(), context);
  norm("layer_norm2");
  CHECK(same_bits(x, y));
}

TEST_CASE("encoder: a sequence depends neither on the rest of the batch nor on the threads",
          "[nn][property]") {
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return skip("a backend that does not run here");
  const Fixture fixture(*backend);
  ThreadPool one(1), three(3);
  Scratch scratch, other;
  Context alone{one, scratch}, together{three, other};
  const auto width = static_cast<std::size_t>(fixture.config.width);
  const std::vector<Sequence> sequences = {{5, 4}, {77, 76}, {2, 1}, {1, 0}, {33, 32}};
  const std::vector<float> x = random_values(118 * fixture.config.width, 4);
  const std::vector<float> batch = fixture.run(x, sequences, together);
  CHECK(same_bits(batch, fixture.run(x, sequences, alone)));
  std::size_t row = 0;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const auto length = static_cast<std::size_t>(sequences[i].length);
    const auto begin = x.begin() + static_cast<std::ptrdiff_t>(row * width);
    const std::vector<float> single =
        fixture.run({begin, begin + static_cast<std::ptrdiff_t>(length * width)}, {sequences[i]}, alone);
    CHECK(same_bits(single, std::span(batch).subspan(i * width, width)));
    row += length;
  }
}

TEST_CASE("encoder: rows after the pooled one have no effect under the causal mask", "[nn][property]") {
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return skip("a backend that does not run here");
  const Fixture fixture(*backend);
  ThreadPool pool(1);
  Scratch scratch;
  Context context{pool, scratch};
  const std::vector<float> x = random_values(77 * fixture.config.width, 5);
  const auto cut = x.begin() + 10 * fixture.config.width;
  CHECK(same_bits(fixture.run(x, {{77, 9}}, context), fixture.run({x.begin(), cut}, {{10, 9}}, context)));
}

TEST_CASE("encoder: a warm pass allocates nothing", "[nn]") {
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return skip("a backend that does not run here");
  EncoderConfig config = small_encoder();
  config.norm_order = GENERATE(NormOrder::before, NormOrder::after);
  const Fixture fixture(*backend, Mask::causal, config);
  ThreadPool pool(2);
  Scratch scratch;
  Context context{pool, scratch};
  const std::vector<Sequence> sequences = {{20, 0}, {30, 29}};
  std::vector<float> x = random_values(50 * fixture.config.width, 6);
  std::vector<float> pooled(2 * static_cast<std::size_t>(fixture.config.width));
  const auto pass = [&] {
    (*fixture.encoder)({x.data(), Shape{50, fixture.config.width}}, sequences,
                       {pooled.data(), Shape{2, fixture.config.width}}, context);
  };
  pass();
  const std::int64_t capacity = scratch.capacity(), before = allocations;
  pass();
  const std::int64_t after = allocations;
  CHECK(after == before);
  CHECK(scratch.capacity() == capacity);
}
