// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "nn/plain_layers.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/skip.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using Values = std::vector<double>;

constexpr std::int64_t kSide = 5, kHeadWidth = 12;
constexpr Rotary kRotary{.reference = 7, .offset = 1, .column_first = true};

/// Blocks with everything that those of CLIP do not have.
EncoderConfig rich_encoder() {
  EncoderConfig config = small_encoder(4 * kHeadWidth, 4);
  config.layers = 2;
  config.epsilon = 1e-6F;
  config.mlp = MlpKind::swiglu;
  config.key_bias = false;
  config.attention_norm = config.mlp_norm = true;
  return config;
}

/// Rotates the heads of rows of `leading` + kSide * kSide positions, by the formula.
Values rotated(Values x, std::size_t width, std::int64_t leading, const Rotary& rotary = kRotary) {
  const auto coordinate = [&](std::int64_t index) {
    return static_cast<double>(index + rotary.offset) / static_cast<double>(kSide) *
           static_cast<double>(rotary.reference);
  };
  for (std::size_t i = static_cast<std::size_t>(leading) * width; i < x.size(); i += 2) {
    const std::int64_t patch = static_cast<std::int64_t>(i / width) - leading;
    const auto pair = static_cast<std::int64_t>(i % width) % kHeadWidth / 2, bands = kHeadWidth / 4;
    const bool column = rotary.column_first == (pair < bands);
    const double band = std::pow(10000.0, -static_cast<double>(pair % bands) / static_cast<double>(bands));
    const double angle = coordinate(column ? patch % kSide : patch / kSide) * band;
    const double a = x[i], b = x[i + 1];
    x[i] = a * std::cos(angle) - b * std::sin(angle);
    x[i + 1] = b * std::cos(angle) + a * std::sin(angle);
  }
  return x;
}

/// A block of `rich_encoder` over one sequence.
Values plain_block(const SmallWeights& small, const std::string& name, const Values& x,
                   const EncoderConfig& c, std::int64_t leading) {
  const auto width = static_cast<std::size_t>(c.width), hidden = static_cast<std::size_t>(c.mlp_width);
  const auto norm = [&](const std::string& part, const Values& in, std::size_t columns) {
    return plain_norm(small, name + part, in, columns, static_cast<double>(c.epsilon));
  };
  const auto project = [&](const std::string& part, const Values& in, std::int64_t from, std::int64_t to) {
    return linear(small, name + part, in, from, to);
  };
  const auto plus = [](Values a, const Values& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
    return a;
  };
  const auto attend = [&](const Values& in) {
    const Values q = rotated(project(".self_attn.q_proj", in, c.width, c.width), width, leading);
    const Values k = rotated(project(".self_attn.k_proj", in, c.width, c.width), width, leading);
    const Values v = project(".self_attn.v_proj", in, c.width, c.width);
    const Values attended = plain_attention(q, k, v, width, static_cast<std::size_t>(c.heads), Mask::none);
    return project(".self_attn.out_proj", norm(".self_attn.norm", attended, width), c.width, c.width);
  };
  const auto mlp = [&](const Values& in) {
    const Values gate = project(".mlp.gate", in, c.width, c.mlp_width);
    Values values = project(".mlp.fc1", in, c.width, c.mlp_width);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] *= gate[i] / (1 + std::exp(-gate[i]));
    return project(".mlp.fc2", norm(".mlp.norm", values, hidden), c.mlp_width, c.width);
  };
  if (c.norm_order == NormOrder::on_branch) {
    const Values middle = plus(x, norm(".layer_norm1", attend(x), width));
    return plus(middle, norm(".layer_norm2", mlp(middle), width));
  }
  const Values middle = plus(x, attend(norm(".layer_norm1", x, width)));
  return plus(middle, mlp(norm(".layer_norm2", middle, width)));
}

}  // namespace

TEST_CASE(
    "blocks: rotary positions, SwiGLU, inner norms and norms of branches match their formulas in double",
    "[nn]") {
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return skip("a backend that does not run here");
  const std::int64_t leading = GENERATE(0, 1);
  EncoderConfig config = rich_encoder();
  config.norm_order = GENERATE(NormOrder::before, NormOrder::on_branch);
  SmallWeights small;
  small.add_encoder(config);
  const auto table = std::make_shared<const RotaryTable>(kRotary, kSide, leading, kHeadWidth);
  const TransformerEncoder encoder(small.root(), config, Mask::none, *backend, table);
  CHECK(small.weights().unused().empty());

  const std::int64_t length = kSide * kSide + leading;
  const std::vector<Sequence> sequences(2, {length, 3});
  const Shape shape{2 * length, config.width};
  const std::vector<float> start = random_values(shape.elements(), 11);
  std::vector<float> x = start, pooled(2 * static_cast<std::size_t>(config.width));
  ThreadPool pool(2);
  Scratch scratch;
  Context context{pool, scratch};
  encoder({x.data(), shape}, sequences, context);

  double worst = 0;
  const auto size = static_cast<std::size_t>(length * config.width);
  for (std::size_t s = 0; s < 2; ++s) {
    Values expected(start.begin() + static_cast<std::ptrdiff_t>(s * size),
                    start.begin() + static_cast<std::ptrdiff_t>((s + 1) * size));
    for (std::int64_t i = 0; i < config.layers; ++i)
      expected = plain_block(small, "layers." + std::to_string(i), expected, config, leading);
    for (std::size_t i = 0; i < size; ++i)
      worst = std::max(worst, std::abs(static_cast<double>(x[s * size + i]) - expected[i]));
  }
  CHECK(worst <= 2e-5);  // values up to 10

  SECTION("a pooled row, another batch and one thread give the same bits") {
    std::vector<float> again = start;
    ThreadPool one(1);
    Context alone{one, scratch};
    encoder({again.data() + size, Shape{length, config.width}}, std::span(sequences).first(1),
            {pooled.data(), Shape{1, config.width}}, alone);
    CHECK(std::memcmp(pooled.data(), x.data() + size + 3 * static_cast<std::size_t>(config.width),
                      static_cast<std::size_t>(config.width) * sizeof(float)) == 0);
  }
}

TEST_CASE("blocks: rotary positions need whole sequences and heads of whole pairs of pairs", "[nn][error]") {
  CHECK(error_of([] { RotaryTable(kRotary, kSide, 1, 6); }).code == "RANGE");
  const RotaryTable table(kRotary, kSide, 1, kHeadWidth);
  std::vector<float> values(static_cast<std::size_t>(60 * kHeadWidth));
  const TensorView<float> rows{values.data(), Shape{60, kHeadWidth}};
  ThreadPool pool(1);
  Scratch scratch;
  Context context{pool, scratch};
  const auto code_of = [&](std::vector<AttentionSpan> spans) {
    return error_of([&] { table.rotate(rows, rows, spans, context); }).code;
  };
  const std::vector<std::int64_t> path(26);
  CHECK(code_of({{0, 26, 0, 26, 0}, {26, 26, 26, 26, 0}}).empty());
  CHECK(code_of({{0, 25, 0, 25, 0}}) == "MISMATCH");
  CHECK(code_of({{0, 26, 0, 26, 0}, {25, 26, 26, 26, 0}}) == "MISMATCH");
  CHECK(code_of({{0, 26, 0, 26, 0, path}}) == "MISMATCH");
}
