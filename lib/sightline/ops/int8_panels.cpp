// SPDX-License-Identifier: Apache-2.0
// Compiled without contraction to fused multiply-adds (CMakeLists.txt), so that all processors round alike.
#include "sightline/ops/int8_panels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "sightline/base/by_cpu.h"
#include "sightline/base/error.h"
#include "sightline/ops/gemm_tile.h"
#include "sightline/ops/weight_panels.h"

namespace sightline {
namespace {

constexpr std::int64_t kGroup = 4;
constexpr float kLargest = 127;

// One step of 16 columns of a panel, whose rows are `width` floats apart.
constexpr int kColumns = static_cast<int>(PanelLayout::kStep);
struct Step {
  const float* panel;
  std::int64_t in, width;
  std::byte* out;      // groups are 4 * width bytes apart
  float* scales;       // [16]
  std::int32_t* sums;  // [16]
};

[[gnu::always_inline]] inline void quantize_step(const Step& step) {
  float largest[kColumns] = {}, steps_per_unit[kColumns], invalid[kColumns] = {};
  for (std::int64_t k = 0; k < step.in; ++k) {
    const float* row = step.panel + k * step.width;
    for (int n = 0; n < kColumns; ++n) {
      largest[n] = std::max(largest[n], std::abs(row[n]));
      invalid[n] += row[n] - row[n];  // NaN for infinity and NaN
    }
  }
  for (int n = 0; n < kColumns; ++n) {
    // A column of numbers too small to be scaled counts as zeros.
    const bool small = largest[n] < 0x1p-100F;
    steps_per_unit[n] = small || invalid[n] != 0 ? 0 : kLargest / largest[n];
    step.scales[n] = (small ? 0 : largest[n] / kLargest) + invalid[n];
    step.sums[n] = 0;
  }
  constexpr float kRounding = 12582912.0F;  // adding 1.5 * 2^23 rounds to an integer in the low bits
  for (std::int64_t k = 0; k < step.in; ++k) {
    const float* row = step.panel + k * step.width;
    std::byte* out = step.out + k / kGroup * kGroup * step.width + k % kGroup;
    std::int32_t stored[kColumns];
    for (int n = 0; n < kColumns; ++n) {
      const float value = invalid[n] != 0 ? 0.0F : row[n];  // its scale makes the output NaN
      const float rounded = value * steps_per_unit[n] + kRounding;
      stored[n] = __builtin_bit_cast(std::int32_t, rounded) - 0x4b400000;
    }
    for (int n = 0; n < kColumns; ++n) {
      step.sums[n] += stored[n];
      out[n * kGroup] = static_cast<std::byte>(stored[n]);
    }
  }
}

// The sizes of a matrix [out, ...]; zeros if it is empty.
std::pair<std::int64_t, std::int64_t> sizes_of(const StoredTensor& weights) {
  const std::int64_t out = weights.shape.rank() == 0 ? 0 : weights.shape[0];
  return {out, out == 0 ? 0 : weights.shape.elements() / out};
}

// The square of the error of a row, relative to the exact one.
double relative_square(std::span<const float> row, std::span<const float> exact) {
  double squares = 0, differences = 0;
  for (std::size_t n = 0; n < row.size(); ++n) {
    const double value = exact[n], difference = double{row[n]} - value;
    squares += value * value;
    differences += difference * difference;
  }
  return differences == 0 ? 0 : differences / squares;
}

}  // namespace

Int8Panels::Int8Panels(std::int64_t out, std::int64_t in, std::vector<float> factors)
    : layout_(DType::i8, out, in),
      bytes_(Shape{layout_.byte_size()}, DType::i8),
      column_scales_(static_cast<std::size_t>(out)),
      factors_(std::move(factors)),
      column_sums_(static_cast<std::size_t>(out)) {
  scales().check(layout_);
}

Int8Panels Int8Panels::from_rows(TensorView<const std::int8_t> rows, std::span<const float> scales) {
  const std::int64_t out = rows.rows(), in = rows.columns();
  if (std::ssize(scales) != out) {
    fail(ErrorCode::mismatch, "scales",
         "are " + std::to_string(scales.size()) + ", expected " + std::to_string(out));
  }
  Int8Panels result(out, in);
  const std::span<std::byte> bytes = result.bytes_.bytes();
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
  for (std::int64_t n = 0; n < out; ++n) {
    const std::int8_t* row = rows.data() + n * in;
    std::int32_t sum = 0;
    for (std::int64_t k = 0; k < in; ++k) {
      bytes[static_cast<std::size_t>(result.layout_.position(n, k))] = static_cast<std::byte>(row[k]);
      sum += row[k];
    }
    result.column_sums_[static_cast<std::size_t>(n)] = sum;
  }
  std::copy(scales.begin(), scales.end(), result.column_scales_.begin());
  return result;
}

StoredTensor Int8Panels::stored(const Shape& shape) const {
  return StoredTensor::from_panels(DType::i8, shape, bytes(), scales());
}

void Int8Panels::set_panel(std::int64_t index, float* panel) {
  const std::int64_t width = layout_.width(index), in = layout_.in();
  for (std::int64_t k = 0; !factors_.empty() && k < in; ++k) {
    for (std::int64_t n = 0; n < width; ++n) panel[k * width + n] /= factors_[static_cast<std::size_t>(k)];
  }
  std::byte* out = bytes_.bytes().data() + layout_.offset(index);
  // Inputs beyond the matrix.
  const std::int64_t whole = in / kGroup * kGroup * width;
  std::fill(out + whole, out + layout_.padded_in() * width, std::byte{0});
  for (std::int64_t first = 0; first < width; first += kColumns) {
    float scales[kColumns];
    std::int32_t sums[kColumns];
    ByCpu<quantize_step>::call(Step{panel + first, in, width, out + first * kGroup, scales, sums});
    const std::int64_t column = index * PanelLayout::kColumns + first;
    const std::int64_t count = std::min<std::int64_t>(kColumns, layout_.out() - column);
    std::copy_n(scales, count, column_scales_.begin() + column);
    std::copy_n(sums, count, column_sums_.begin() + column);
  }
}

std::vector<float> largest_weights(const StoredTensor& weights) {
  const auto [out, in] = sizes_of(weights);
  if (in == 0) fail(ErrorCode::range, "weights", "have shape " + to_string(weights.shape));
  const Tensor values = to_float(weights);
  std::vector<float> largest(static_cast<std::size_t>(in));
  for (std::int64_t n = 0; n < out; ++n) {
    const float* row = values.data() + n * in;
    for (std::size_t k = 0; k < largest.size(); ++k) largest[k] = std::max(largest[k], std::abs(row[k]));
  }
  return largest;
}

std::vector<float> smoothing_factors(std::span<const float> weights, std::span<const float> activations,
                                     float alpha) {
  if (weights.size() != activations.size()) {
    fail(ErrorCode::mismatch, "activations",
         "have maxima of " + std::to_string(activations.size()) + " inputs, expected " +
             std::to_string(weights.size()));
  }
  std::vector<float> factors(weights.size(), 1.0F);
  for (std::size_t k = 0; k < factors.size(); ++k) {
    const float factor = std::pow(weights[k], 1 - alpha) / std::pow(activations[k], alpha);
    if (std::isnormal(factor)) factors[k] = std::clamp(factor, kMinFactor, kMaxFactor);
  }
  return factors;
}

Int8Panels quantize_panels(const StoredTensor& weights, std::vector<float> factors) {
  const auto [out, in] = sizes_of(weights);
  Int8Panels result(out, in, std::move(factors));
  const TransientBytes bytes(weights);
  const WeightPanels source(weights.dtype, weights.shape, bytes.view());
  Tensor panel(Shape{source.layout().panel_elements()});
  for (std::int64_t index = 0; index < result.layout().count(); ++index) {
    source.fill(index, panel.data());
    result.set_panel(index, panel.data());
  }
  return result;
}

double product_error(const Int8Panels& panels, TensorView<const float> x, TensorView<const float> exact) {
  const std::int64_t in = panels.layout().in(), out = panels.layout().out(),
                     rows = x.shape().rank() == 0 ? 0 : x.shape()[0];
  if (x.shape() != Shape{rows, in} || exact.shape() != Shape{rows, out}) {
    fail(ErrorCode::mismatch, "activations",
         "have shape " + to_string(x.shape()) + " and products " + to_string(exact.shape()) + ", expected [" +
             std::to_string(rows) + ", " + std::to_string(in) + "] and [" + std::to_string(rows) + ", " +
             std::to_string(out) + "]");
  }
  Tensor y(Shape{rows, out});
  ThreadPool pool(1);
  Scratch scratch;
  Context context{pool, scratch};
  const StoredTensor weights = panels.stored(Shape{out, in});
  make_tiled_matrix(weights, *best_tile_kernels(DType::i8))->linear(x, y.view(), {}, context);
  double sum = 0;
  for (std::int64_t row = 0; row < rows; ++row) sum += relative_square(y.view().row(row), exact.row(row));
  const double error = std::sqrt(sum / static_cast<double>(std::max<std::int64_t>(1, rows)));
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

}  // namespace sightline
