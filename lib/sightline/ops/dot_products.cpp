// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/dot_products.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "sightline/base/by_cpu.h"
#include "sightline/ops/double_lanes.h"
#include "sightline/ops/vector_math.h"

namespace sightline {
namespace {

constexpr std::int64_t kLanes = 8;  // partial sums of one dot product, added up one after another

// Loops take the width of the registers in doubles. Where it is less than kLanes, they run over the row once
// for each part of the lanes.
template <int kWidth>
using Doubles = typename Vector<kWidth>::Double;

// The last values of a row, padded with zeros; none if `count` is negative.
template <int kWidth>
[[gnu::always_inline]] inline void load_rest(const float* values, std::int64_t count,
                                             Doubles<kWidth>& lanes) {
  float padded[kWidth] = {};
  for (std::int64_t i = 0; i < std::min<std::int64_t>(count, kWidth); ++i) padded[i] = values[i];
  load_doubles(padded, lanes);
}

template <int kWidth>
[[gnu::always_inline]] inline double add_lanes(double sum, const Doubles<kWidth>& lanes) {
  for (int i = 0; i < kWidth; ++i) sum += lanes[i];
  return sum;
}

// A product of two floats is exact in double, so each step gives the same bits whether fused or not.
template <int kWidth, int kRows, int kColumns>
[[gnu::always_inline]] inline void multiply_tile(const float* x, const float* y, std::int64_t width,
                                                 float* out, std::int64_t ldo) {
  double totals[kRows][kColumns] = {};
  for (std::int64_t first = 0; first < kLanes; first += kWidth) {
    Doubles<kWidth> sums[kRows][kColumns] = {};
    const auto step = [&](auto load_at) __attribute__((always_inline)) {
      Doubles<kWidth> left, right[kColumns];
      for (int c = 0; c < kColumns; ++c) load_at(y + c * width, right[c]);
      for (int r = 0; r < kRows; ++r) {
        load_at(x + r * width, left);
        for (int c = 0; c < kColumns; ++c) sums[r][c] += left * right[c];
      }
    };
    std::int64_t i = 0;
    for (; i + kLanes <= width; i += kLanes) {
      step([&](const float* row, Doubles<kWidth>& lanes)
               __attribute__((always_inline)) { load_doubles(row + i + first, lanes); });
    }
    if (i < width) {
      step([&](const float* row, Doubles<kWidth>& lanes) __attribute__((always_inline)) {
        load_rest<kWidth>(row + i + first, width - i - first, lanes);
      });
    }
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < kColumns; ++c) totals[r][c] = add_lanes<kWidth>(totals[r][c], sums[r][c]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kColumns; ++c) out[r * ldo + c] = static_cast<float>(totals[r][c]);
  }
}

template <int kWidth, int kColumns>
[[gnu::always_inline]] inline void multiply_column(TensorView<const float> x, const float* y, float* out,
                                                   std::int64_t ldo) {
  const std::int64_t width = x.columns();
  std::int64_t i = 0;
  for (; i + 4 <= x.rows(); i += 4) {
    multiply_tile<kWidth, 4, kColumns>(x.data() + i * width, y, width, out + i * ldo, ldo);
  }
  for (; i < x.rows(); ++i) {
    multiply_tile<kWidth, 1, kColumns>(x.data() + i * width, y, width, out + i * ldo, ldo);
  }
}

template <int kWidth>
[[gnu::always_inline]] inline void dot_products_body(TensorView<const float> x, TensorView<const float> y,
                                                     float* out, std::int64_t ldo) {
  const std::int64_t width = y.columns(), columns = y.rows();
  std::int64_t j = 0;
  for (; j + 2 <= columns; j += 2) multiply_column<kWidth, 2>(x, y.data() + j * width, out + j, ldo);
  for (; j < columns; ++j) multiply_column<kWidth, 1>(x, y.data() + j * width, out + j, ldo);
}

template <int kWidth>
[[gnu::always_inline]] inline double squared_norm_body(std::span<const float> row) {
  const auto width = static_cast<std::int64_t>(row.size());
  double total = 0;
  for (std::int64_t first = 0; first < kLanes; first += kWidth) {
    Doubles<kWidth> sums{}, values;
    std::int64_t i = 0;
    for (; i + kLanes <= width; i += kLanes) {
      load_doubles(row.data() + i + first, values);
      sums += values * values;
    }
    load_rest<kWidth>(row.data() + i + first, width - i - first, values);
    total = add_lanes<kWidth>(total, sums + values * values);
  }
  return total;
}

[[gnu::always_inline]] inline void scale_row_body(std::span<float> row, double scale) {
  for (float& value : row) value = static_cast<float>(static_cast<double>(value) * scale);
}

}  // namespace

void dot_products(TensorView<const float> x, TensorView<const float> y, float* out, std::int64_t ldo) {
  ByLevel<dot_products_body<2>, dot_products_body<4>, dot_products_body<8>>::call(x, y, out, ldo);
}

double squared_norm(std::span<const float> row) {
  return ByLevel<squared_norm_body<2>, squared_norm_body<4>, squared_norm_body<8>>::call(row);
}

void scale_row(std::span<float> row, double scale) { ByCpu<scale_row_body>::call(row, scale); }

void l2_normalize(TensorView<float> rows) {
  for (std::int64_t r = 0; r < rows.rows(); ++r) {
    const double sum = squared_norm(rows.row(r));
    if (sum != 0) scale_row(rows.row(r), 1.0 / std::sqrt(sum));
  }
}

}  // namespace sightline
