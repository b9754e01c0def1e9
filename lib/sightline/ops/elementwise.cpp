// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/elementwise.h"

#include <algorithm>
#include <cmath>

#include "sightline/base/by_cpu.h"
#include "sightline/ops/vector_math.h"

namespace sightline {
namespace {

inline float exp_scalar(float x) { return exp_lanes<float, std::int32_t>(x); }

[[gnu::always_inline]] inline void layer_norm_body(TensorView<const float> x, const float* gamma,
                                                   const float* beta, float epsilon, TensorView<float> y) {
  const std::int64_t width = x.columns();
  for (std::int64_t r = 0; r < x.rows(); ++r) {
    const float* in = x.data() + r * width;
    float* out = y.data() + r * width;
    constexpr int kLanes = 16;  // independent partial sums let the loop be vectorised in a fixed order
    double sums[kLanes] = {}, squares[kLanes] = {};
    std::int64_t i = 0;
    for (; i + kLanes <= width; i += kLanes) {
      for (int k = 0; k < kLanes; ++k) sums[k] += in[i + k];
    }
    double sum = 0;
    for (; i < width; ++i) sum += in[i];
    for (const double part : sums) sum += part;
    const double mean = sum / static_cast<double>(width);
    for (i = 0; i + kLanes <= width; i += kLanes) {
      for (int k = 0; k < kLanes; ++k) {
        const double d = in[i + k] - mean;
        squares[k] += d * d;
      }
    }
    double square = 0;
    for (; i < width; ++i) square += (in[i] - mean) * (in[i] - mean);
    for (const double part : squares) square += part;
    const auto scale = static_cast<float>(1.0 / std::sqrt(square / static_cast<double>(width) + epsilon));
    const auto centre = static_cast<float>(mean);
    for (i = 0; i < width; ++i) out[i] = (in[i] - centre) * scale * gamma[i] + beta[i];
  }
}

[[gnu::always_inline]] inline void softmax_body(float* row, std::int64_t count) {
  float largest = row[0];
  for (std::int64_t i = 1; i < count; ++i) largest = std::max(largest, row[i]);
  for (std::int64_t i = 0; i < count; ++i) row[i] = exp_scalar(row[i] - largest);
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += row[i];
  const auto scale = static_cast<float>(1.0 / sum);
  for (std::int64_t i = 0; i < count; ++i) row[i] *= scale;
}

[[gnu::always_inline]] inline void quick_gelu_body(float* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = quick_gelu_lanes<float, std::int32_t>(values[i]);
}

[[gnu::always_inline]] inline void gelu_body(float* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = gelu_lanes<float>(values[i]);
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
}

}  // namespace

void layer_norm(TensorView<const float> x, const float* gamma, const float* beta, float epsilon,
                TensorView<float> y) {
  ByCpu<layer_norm_body>::call(x, gamma, beta, epsilon, y);
}

void softmax_row(float* row, std::int64_t count) { ByCpu<softmax_body>::call(row, count); }

void quick_gelu(float* values, std::int64_t count) { ByCpu<quick_gelu_body>::call(values, count); }

void gelu(float* values, std::int64_t count) { ByCpu<gelu_body>::call(values, count); }

void apply_epilogue(const float* product, float* y, std::int64_t columns, std::int64_t first_column,
                    const Epilogue& epilogue) {
  ByCpu<epilogue_body>::call(product, y, columns, first_column, epilogue);
}

}  // namespace sightline
