// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "sightline/keras.h"
#include "support/catch.h"

namespace sightline::testing {

/// Values that fill the range, [rows, width].
inline Tensor waves(const Shape& shape, float step) {
  Tensor values(shape);
  for (std::int64_t i = 0; i < values.view().elements(); ++i)
    values.data()[i] = std::sin(static_cast<float>(i) * step);
  return values;
}

/// Of two vectors.
inline double cosine(std::span<const float> a, std::span<const float> b) {
  double product = 0, squares_a = 0, squares_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += double{a[i]} * double{b[i]};
    squares_a += double{a[i]} * double{a[i]};
    squares_b += double{b[i]} * double{b[i]};
  }
  return product / std::sqrt(squares_a * squares_b);
}

/// What may not change when a call is refused.
struct Before {
  explicit Before(keras::Layer& layer)
      : weights(layer.weights()), values(layer.get_weights()), config(layer.get_config()) {}
  void check(keras::Layer& layer) const {
    CHECK(layer.weights() == weights);
    CHECK(layer.get_config() == config);
    const std::vector<Tensor> now = layer.get_weights();
    REQUIRE(now.size() == values.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
      CHECK(now[i].dtype() == values[i].dtype());
      CHECK(std::ranges::equal(now[i].bytes(), values[i].bytes()));
    }
  }
  std::vector<keras::Variable*> weights;
  std::vector<Tensor> values;
  keras::LayerConfig config;
};

}  // namespace sightline::testing
