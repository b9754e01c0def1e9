// SPDX-License-Identifier: Apache-2.0
// Compiled without contraction to fused multiply-adds (CMakeLists.txt), so that all processors round alike.
#include "sightline/keras/int8_weight.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/keras/value_conversion.h"
#include "sightline/ops/int8_panels.h"

namespace sightline::keras {
namespace {

constexpr float kLargest = 127, kEpsilon = 1e-7F;

// As numpy's max: NaN if there is one.
float largest(std::span<const float> row) {
  float result = 0, invalid = 0;
  for (const float value : row) {
    result = std::max(result, std::abs(value));
    invalid += value * 0;
  }
  return std::isinf(result) ? result : result + invalid;
}

void quantize_row(std::span<const float> row, float scale, std::int8_t* out) {
  if (!(scale > 0)) return;                 // not finite: nothing but zeros is defined
  constexpr float kRounding = 12582912.0F;  // adding 1.5 * 2^23 rounds to an integer in the low bits
  for (std::size_t k = 0; k < row.size(); ++k) {
    const float rounded = std::clamp(row[k] * scale, -kLargest, kLargest) + kRounding;
    out[k] = static_cast<std::int8_t>(std::bit_cast<std::int32_t>(rounded) - 0x4b400000);
  }
}

Initializer gives(Tensor tensor) {
  return [made = std::make_shared<const Tensor>(std::move(tensor))](const Shape&, DType) {
    return copy_of(*made);
  };
}

}  // namespace

void check_int8_columns(std::int64_t columns, std::string_view path) {
  if (columns <= PanelScales::kMaxInputs) return;
  fail(ErrorCode::range, path,
       "has " + std::to_string(columns) + " inputs, and int8 is for at most " +
           std::to_string(PanelScales::kMaxInputs));
}

Int8Weight int8_weight(const Variable& weight) {
  const Tensor from = weight.value();
  const TensorView<const float> rows = from.view();
  check_int8_columns(rows.columns(), weight.path());
  Tensor values(from.shape(), DType::i8), scales(Shape{rows.rows()});
  for (std::int64_t n = 0; n < rows.rows(); ++n) {
    const float scale = kLargest / (largest(rows.row(n)) + kEpsilon);
    scales.data()[n] = scale;
    quantize_row(rows.row(n), scale, values.data<std::int8_t>() + n * rows.columns());
  }
  return {gives(std::move(values)), gives(std::move(scales))};
}

void collect_int8_weight(Weights& weights, const std::string& prefix, std::string_view name,
                         const Variable& values, const Variable& scales) {
  const Tensor integers = values.value(), steps = scales.value();
  std::vector<float> units(static_cast<std::size_t>(steps.shape().elements()));
  std::transform(steps.data(), steps.data() + units.size(), units.begin(),
                 [](float scale) { return 1 / scale; });
  const auto panels =
      std::make_shared<const Int8Panels>(Int8Panels::from_rows(integers.view<std::int8_t>(), units));
  weights.add(WeightScope(weights, prefix).full_name(name), panels->stored(values.shape()));
  weights.keep(panels);
}

}  // namespace sightline::keras
