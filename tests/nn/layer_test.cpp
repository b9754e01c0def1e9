#include "sightline/nn/layer.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/nn/clip_encoder.h"
#include "sightline/nn/embedding.h"
#include "sightline/nn/quick_gelu.h"
#include "support/catch.h"

using namespace sightline;

namespace {

/// Seeded weights in memory, as a checkpoint would hold them.
class TinyWeights {
 public:
  void add(const std::string& name, const Shape& shape) {
    std::normal_distribution<float> normal(0.0F, 0.3F);
    values_.push_back(std::make_unique<std::vector<float>>(static_cast<std::size_t>(shape.elements())));
    for (float& value : *values_.back()) value = normal(generator_);
    weights_.add(name, {DType::f32, shape, std::as_bytes(std::span(*values_.back()))});
  }
  void add_block(const std::string& prefix, std::int64_t width, std::int64_t mlp) {
    for (const std::string norm : {"layer_norm1", "layer_norm2"}) {
      add(prefix + norm + ".weight", Shape{width});
      add(prefix + norm + ".bias", Shape{width});
    }
    for (const std::string projection : {"q_proj", "k_proj", "v_proj", "out_proj"}) {
      add(prefix + "self_attn." + projection + ".weight", Shape{width, width});
      add(prefix + "self_attn." + projection + ".bias", Shape{width});
    }
    add(prefix + "mlp.fc1.weight", Shape{mlp, width});
    add(prefix + "mlp.fc1.bias", Shape{mlp});
    add(prefix + "mlp.fc2.weight", Shape{width, mlp});
    add(prefix + "mlp.fc2.bias", Shape{width});
  }
  const Weights& weights() const { return weights_; }

 private:
  std::mt19937 generator_{7};
  std::vector<std::unique_ptr<std::vector<float>>> values_;
  Weights weights_;
};

constexpr EncoderConfig kConfig{.width = 24, .heads = 2, .mlp_width = 50, .layers = 2};

std::vector<float> random_rows(std::int64_t rows, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(rows * kConfig.width));
  for (float& value : values) value = normal(generator);
  return values;
}

struct Pass {
  ThreadPool pool{2};
  Scratch scratch;
  Context context{pool, scratch};
};

}  // namespace

TEST_CASE("layer: parameters are counted from what was asked for, sublayers included", "[nn]") {
  TinyWeights tiny;
  tiny.add_block("encoder.layers.0.", kConfig.width, kConfig.mlp_width);
  const ResidualAttention block(WeightScope(tiny.weights()) / "encoder" / "layers" / 0, kConfig, Mask::none,
                                gemm_backend("auto"));
  CHECK(block.count_params() == 4 * 24 + 4 * (24 * 24 + 24) + 2 * 24 * 50 + 50 + 24);
  CHECK(block.weights().size() == 16);
  CHECK(block.weights()[0].name == "encoder.layers.0.layer_norm1.weight");
  CHECK(tiny.weights().unused().empty());
}

TEST_CASE("layer: a missing or misshapen weight is named with both shapes", "[nn][error]") {
  TinyWeights tiny;
  tiny.add("fc.weight", Shape{3, 4});
  tiny.add("fc.bias", Shape{3});
  const WeightScope root(tiny.weights());
  CHECK_THROWS_WITH(Dense(root / "fc", {.in = 5, .units = 3}, gemm_backend("auto")),
                    Contains("fc.weight") && Contains("[3, 4]") && Contains("[3, 5]"));
  CHECK_THROWS_WITH(Dense(root / "fd", {.in = 4, .units = 3}, gemm_backend("auto")), Contains("fd.weight"));
}

TEST_CASE("embedding: rows come out as they are stored, ids outside are refused", "[nn]") {
  TinyWeights tiny;
  tiny.add("table.weight", Shape{5, 3});
  const Embedding embedding(WeightScope(tiny.weights()) / "table", 5, 3);
  std::vector<float> row(3), sum(3, 1.0F);
  embedding.lookup(4, row);
  embedding.add(4, sum);
  const float* stored = tiny.weights().find("table.weight")->as_float();
  CHECK(row[2] == stored[14]);
  CHECK(sum[1] == stored[13] + 1.0F);
  CHECK_THROWS_WITH(embedding.lookup(5, row), Contains("is 5") && Contains("5 rows"));
  CHECK_THROWS_AS(embedding.lookup(-1, row), Error);
}

TEST_CASE("encoder: the last block's pooled row equals that of the full block, bit for bit",
          "[nn][property]") {
  TinyWeights tiny;
  tiny.add_block("layers.0.", kConfig.width, kConfig.mlp_width);
  const Mask mask = GENERATE(Mask::none, Mask::causal);
  const ResidualAttention block(WeightScope(tiny.weights()) / "layers" / 0, kConfig, mask,
                                gemm_backend("auto"));
  const Sequence sequences[] = {{7, 6}, {3, 0}, {12, 11}};
  std::vector<AttentionSpan> spans(3);
  const std::vector<float> x = random_rows(22, 3);
  Pass pass;
  std::vector<float> full = x;
  fill_spans(sequences, false, spans);
  block({full.data(), Shape{22, kConfig.width}}, spans, pass.context);
  std::vector<float> pooled(3 * 24);
  fill_spans(sequences, true, spans);
  block.pool({x.data(), Shape{22, kConfig.width}}, spans, {pooled.data(), Shape{3, kConfig.width}},
             pass.context);
  const std::int64_t rows[] = {6, 7, 21};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(std::memcmp(pooled.data() + i * 24, full.data() + rows[i] * 24, 24 * sizeof(float)) == 0);
  }
}

TEST_CASE("encoder: a sequence in a ragged batch gives the bits it gives alone", "[nn][property]") {
  TinyWeights tiny;
  for (const std::string layer : {"layers.0.", "layers.1."})
    tiny.add_block(layer, kConfig.width, kConfig.mlp_width);
  const CLIPEncoder encoder(WeightScope(tiny.weights()), kConfig, Mask::causal, gemm_backend("auto"));
  const Sequence sequences[] = {{5, 4}, {1, 0}, {9, 8}};
  const std::vector<float> x = random_rows(15, 4);
  Pass pass;
  std::vector<float> used = x, batch(3 * 24);
  encoder({used.data(), Shape{15, kConfig.width}}, sequences, {batch.data(), Shape{3, kConfig.width}},
          pass.context);
  std::int64_t first = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t length = sequences[i].length;
    std::vector<float> own(x.begin() + first * 24, x.begin() + (first + length) * 24), alone(24);
    encoder({own.data(), Shape{length, kConfig.width}}, {&sequences[i], 1},
            {alone.data(), Shape{1, kConfig.width}}, pass.context);
    CHECK(std::memcmp(alone.data(), batch.data() + i * 24, 24 * sizeof(float)) == 0);
    first += length;
  }
}

TEST_CASE("quick_gelu: the layer is the formula", "[nn]") {
  std::vector<float> x{-2.0F, 0.0F, 3.0F};
  QuickGELU()({x.data(), Shape{3}});
  CHECK_THAT(static_cast<double>(x[0]), WithinAbs(-2.0 / (1 + std::exp(1.702 * 2)), 1e-7));
  CHECK(x[1] == 0.0F);
  CHECK_THAT(static_cast<double>(x[2]), WithinAbs(3.0 / (1 + std::exp(-1.702 * 3)), 1e-6));
}
