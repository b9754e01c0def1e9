// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/elementwise.h"

#include <cmath>
#include <cstring>

#include "sightline/base/by_cpu.h"
#include "sightline/ops/double_lanes.h"
#include "sightline/ops/vector_math.h"

namespace sightline {
namespace {

// gamma, beta and the row may end in the middle of a vector, so only whole ones are computed as vectors.
template <int kWidth>
[[gnu::always_inline]] inline void layer_norm_row(const float* in, std::int64_t width, const float* gamma,
                                                  const float* beta, float epsilon, float* out) {
  using Float = typename Vector<kWidth>::Float;
  constexpr std::int64_t kLanes = 16;
  const std::int64_t whole = width / kLanes * kLanes;
  DoubleSums<kWidth> sums, squares;
  for (std::int64_t i = 0; i < whole; i += kLanes) sums.add(in + i);
  double rest = 0;
  for (std::int64_t i = whole; i < width; ++i) rest += in[i];
  const double mean = sums.total(rest) / static_cast<double>(width);
  for (std::int64_t i = 0; i < whole; i += kLanes) squares.add_squares(in + i, mean);
  rest = 0;
  for (std::int64_t i = whole; i < width; ++i) rest += (in[i] - mean) * (in[i] - mean);
  const double variance = squares.total(rest) / static_cast<double>(width);
  const auto scale = static_cast<float>(1.0 / std::sqrt(variance + epsilon));
  const auto centre = static_cast<float>(mean);
  for (std::int64_t i = 0; i < whole; i += kWidth) {
    Float x, g, b;
    std::memcpy(&x, in + i, sizeof x);
    std::memcpy(&g, gamma + i, sizeof g);
    std::memcpy(&b, beta + i, sizeof b);
    const Float y = (x - centre) * scale * g + b;
    std::memcpy(out + i, &y, sizeof y);
  }
  for (std::int64_t i = whole; i < width; ++i) out[i] = (in[i] - centre) * scale * gamma[i] + beta[i];
}

template <int kWidth>
[[gnu::always_inline]] inline void layer_norm_body(TensorView<const float> x, const float* gamma,
                                                   const float* beta, float epsilon, TensorView<float> y) {
  const std::int64_t width = x.columns(), rows = x.rows();
  for (std::int64_t r = 0; r < rows; ++r)
    layer_norm_row<kWidth>(x.data() + r * width, width, gamma, beta, epsilon, y.data() + r * width);
}

[[gnu::always_inline]] inline void quick_gelu_body(float* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = quick_gelu_lanes<float, std::int32_t>(values[i]);
}

[[gnu::always_inline]] inline void gelu_body(float* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = gelu_lanes<float>(values[i]);
}

[[gnu::always_inline]] inline void gelu_tanh_body(float* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = gelu_tanh_lanes<float, std::int32_t>(values[i]);
}

[[gnu::always_inline]] inline void silu_body(float* values, const float* gate, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] *= silu_lanes<float, std::int32_t>(gate[i]);
}

[[gnu::always_inline]] inline void epilogue_body(const float* product, float* y, std::int64_t columns,
                                                 std::int64_t first_column, const Epilogue& epilogue) {
  const float* bias = epilogue.bias == nullptr ? nullptr : epilogue.bias + first_column;
  if (epilogue.add_to_output) {
    for (std::int64_t i = 0; i < columns; ++i) y[i] += bias == nullptr ? product[i] : product[i] + bias[i];
    return;
  }
  for (std::int64_t i = 0; i < columns; ++i) y[i] = bias == nullptr ? product[i] : product[i] + bias[i];
  if (epilogue.activation == Activation::quick_gelu) quick_gelu(y, columns);
  if (epilogue.activation == Activation::gelu) gelu(y, columns);
  if (epilogue.activation == Activation::gelu_tanh) gelu_tanh(y, columns);
}

}  // namespace

void layer_norm(TensorView<const float> x, const float* gamma, const float* beta, float epsilon,
                TensorView<float> y) {
  ByLevel<layer_norm_body<4>, layer_norm_body<8>, layer_norm_body<16>>::call(x, gamma, beta, epsilon, y);
}

void quick_gelu(float* values, std::int64_t count) { ByCpu<quick_gelu_body>::call(values, count); }

void gelu(float* values, std::int64_t count) { ByCpu<gelu_body>::call(values, count); }

void gelu_tanh(float* values, std::int64_t count) { ByCpu<gelu_tanh_body>::call(values, count); }

void multiply_by_silu(float* values, const float* gate, std::int64_t count) {
  ByCpu<silu_body>::call(values, gate, count);
}

void apply_epilogue(const float* product, float* y, std::int64_t columns, std::int64_t first_column,
                    const Epilogue& epilogue) {
  ByCpu<epilogue_body>::call(product, y, columns, first_column, epilogue);
}

}  // namespace sightline
