// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "nn/small_weights.h"

namespace sightline::testing {

inline const float* values_of(const SmallWeights& small, const std::string& name, Shape shape) {
  return small.root().require(name, shape).as_float();
}

/// y = x W^T + b in double; b is 0 if there is none.
inline std::vector<double> linear(const SmallWeights& small, const std::string& name,
                                  const std::vector<double>& x, std::int64_t in, std::int64_t out) {
  const float* w = values_of(small, name + ".weight", Shape{out, in});
  const float* b = small.weights().find(name + ".bias") != nullptr
                       ? values_of(small, name + ".bias", Shape{out})
                       : nullptr;
  std::vector<double> y;
  for (std::size_t r = 0; r < x.size() / static_cast<std::size_t>(in); ++r) {
    for (std::int64_t j = 0; j < out; ++j) {
      double sum = b == nullptr ? 0 : static_cast<double>(b[j]);
      for (std::int64_t k = 0; k < in; ++k)
        sum += static_cast<double>(w[j * in + k]) *
               x[r * static_cast<std::size_t>(in) + static_cast<std::size_t>(k)];
      y.push_back(sum);
    }
  }
  return y;
}

/// softmax(q k^T / sqrt(D)) v of every head, in double.
inline std::vector<double> plain_attention(const std::vector<double>& q, const std::vector<double>& k,
                                           const std::vector<double>& v, std::size_t width, std::size_t heads,
                                           Mask mask) {
  const std::size_t rows = q.size() / width, depth = width / heads;
  std::vector<double> out(q.size());
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t i = 0; i < rows; ++i) {
      const std::size_t visible = mask == Mask::causal ? i + 1 : rows;
      std::vector<double> p(visible);
      double sum = 0;
      for (std::size_t j = 0; j < visible; ++j) {
        double score = 0;
        for (std::size_t d = 0; d < depth; ++d)
          score += q[i * width + h * depth + d] * k[j * width + h * depth + d];
        sum += p[j] = std::exp(score / std::sqrt(static_cast<double>(depth)));
      }
      for (std::size_t j = 0; j < visible; ++j) {
        for (std::size_t d = 0; d < depth; ++d)
          out[i * width + h * depth + d] += p[j] / sum * v[j * width + h * depth + d];
      }
    }
  }
  return out;
}

/// Layer normalization in double.
inline std::vector<double> plain_norm(const SmallWeights& small, const std::string& name,
                                      const std::vector<double>& x, std::size_t width, double epsilon) {
  const auto columns = static_cast<std::int64_t>(width);
  const float* gamma = values_of(small, name + ".weight", Shape{columns});
  const float* beta = values_of(small, name + ".bias", Shape{columns});
  std::vector<double> y;
  for (std::size_t row = 0; row < x.size(); row += width) {
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < width; ++i) mean += x[row + i] / static_cast<double>(width);
    for (std::size_t i = 0; i < width; ++i)
      variance += (x[row + i] - mean) * (x[row + i] - mean) / static_cast<double>(width);
    for (std::size_t i = 0; i < width; ++i) {
      y.push_back((x[row + i] - mean) / std::sqrt(variance + epsilon) * static_cast<double>(gamma[i]) +
                  static_cast<double>(beta[i]));
    }
  }
  return y;
}

}  // namespace sightline::testing
