// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/dot_products.h"

#include <cmath>
#include <cstring>

#include "sightline/base/by_cpu.h"

namespace sightline {
namespace {

constexpr std::int64_t kLanes = 8;  // partial sums of one dot product
using Floats [[gnu::vector_size(kLanes * 4)]] = float;
using Doubles [[gnu::vector_size(kLanes * 8)]] = double;

[[gnu::always_inline]] inline Doubles load(const float* values) {
  Floats floats;
  std::memcpy(&floats, values, sizeof floats);
  return __builtin_convertvector(floats, Doubles);
}

// The last values of a row, padded with zeros.
[[gnu::always_inline]] inline Doubles load(const float* values, std::int64_t count) {
  Doubles lanes{};
  for (std::int64_t i = 0; i < count; ++i) lanes[i] = static_cast<double>(values[i]);
  return lanes;
}

[[gnu::always_inline]] inline double sum_of(const Doubles& lanes) {
  double sum = 0;
  for (std::int64_t i = 0; i < kLanes; ++i) sum += lanes[i];
  return sum;
}

// A product of two floats is exact in double, so each step gives the same bits whether fused or not.
template <int kRows, int kColumns>
[[gnu::always_inline]] inline void multiply_tile(const float* x, const float* y, std::int64_t width,
                                                 float* out, std::int64_t ldo) {
  Doubles sums[kRows][kColumns] = {};
  const auto step = [&](auto load_at) __attribute__((always_inline)) {
    Doubles right[kColumns];
    for (int c = 0; c < kColumns; ++c) right[c] = load_at(y + c * width);
    for (int r = 0; r < kRows; ++r) {
      const Doubles left = load_at(x + r * width);
      for (int c = 0; c < kColumns; ++c) sums[r][c] += left * right[c];
    }
  };
  std::int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    step([i](const float* row) __attribute__((always_inline)) { return load(row + i); });
  }
  if (i < width) {
    step([ i, width ](const float* row) __attribute__((always_inline)) { return load(row + i, width - i); });
  }
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kColumns; ++c) out[r * ldo + c] = static_cast<float>(sum_of(sums[r][c]));
  }
}

template <int kColumns>
[[gnu::always_inline]] inline void multiply_column(TensorView<const float> x, const float* y, float* out,
                                                   std::int64_t ldo) {
  const std::int64_t width = x.columns();
  std::int64_t i = 0;
  for (; i + 4 <= x.rows(); i += 4) {
    multiply_tile<4, kColumns>(x.data() + i * width, y, width, out + i * ldo, ldo);
  }
  for (; i < x.rows(); ++i) {
    multiply_tile<1, kColumns>(x.data() + i * width, y, width, out + i * ldo, ldo);
  }
}

[[gnu::always_inline]] inline void dot_products_body(TensorView<const float> x, TensorView<const float> y,
                                                     float* out, std::int64_t ldo) {
  const std::int64_t width = y.columns(), columns = y.rows();
  std::int64_t j = 0;
  for (; j + 2 <= columns; j += 2) multiply_column<2>(x, y.data() + j * width, out + j, ldo);
  for (; j < columns; ++j) multiply_column<1>(x, y.data() + j * width, out + j, ldo);
}

[[gnu::always_inline]] inline double squared_norm_body(std::span<const float> row) {
  const auto width = static_cast<std::int64_t>(row.size());
  Doubles sums{};
  std::int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    const Doubles values = load(row.data() + i);
    sums += values * values;
  }
  const Doubles rest = load(row.data() + i, width - i);
  return sum_of(sums + rest * rest);
}

[[gnu::always_inline]] inline void scale_row_body(std::span<float> row, double scale) {
  for (float& value : row) value = static_cast<float>(static_cast<double>(value) * scale);
}

}  // namespace

void dot_products(TensorView<const float> x, TensorView<const float> y, float* out, std::int64_t ldo) {
  ByCpu<dot_products_body>::call(x, y, out, ldo);
}

double squared_norm(std::span<const float> row) { return ByCpu<squared_norm_body>::call(row); }

void scale_row(std::span<float> row, double scale) { ByCpu<scale_row_body>::call(row, scale); }

void l2_normalize(TensorView<float> rows) {
  for (std::int64_t r = 0; r < rows.rows(); ++r) {
    const double sum = squared_norm(rows.row(r));
    if (sum != 0) scale_row(rows.row(r), 1.0 / std::sqrt(sum));
  }
}

}  // namespace sightline
