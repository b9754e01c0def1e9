// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/layer_norm.h"

#include <algorithm>

#include "sightline/nn/shape_checks.h"
#include "sightline/ops/elementwise.h"

namespace sightline {
namespace {

constexpr std::int64_t kValuesPerTask = 1 << 12;  // takes about a microsecond, a few times the cost of a task

}  // namespace

LayerNorm::LayerNorm(const WeightScope& scope, std::int64_t width, float epsilon)
    : weight_(scope.require("weight", Shape{width})),
      bias_(scope.require("bias", Shape{width})),
      width_(width),
      epsilon_(epsilon) {}

void LayerNorm::operator()(TensorView<const float> x, TensorView<float> y, Context& context) const {
  check(x.shape(), y.shape());
  const std::int64_t rows = std::max<std::int64_t>(1, kValuesPerTask / width_);
  context.pool.run((x.rows() + rows - 1) / rows, [&](std::int64_t task, int) {
    const std::int64_t first = task * rows, count = std::min(rows, x.rows() - first);
    layer_norm(x.slice_rows(first, count), weight_.data(), bias_.data(), epsilon_,
               y.slice_rows(first, count));
  });
}

void LayerNorm::add_to(TensorView<float> y, TensorView<float> x, Context& context) const {
  check(x.shape(), y.shape());
  context.pool.run(x.rows(), [&](std::int64_t row, int) {
    const TensorView<float> values = x.slice_rows(row, 1);
    layer_norm(values, weight_.data(), bias_.data(), epsilon_, values);
    apply_epilogue(values.data(), y.row(row).data(), width_, 0, {.add_to_output = true});
  });
}

void LayerNorm::check(const Shape& x, const Shape& y) const {
  check_rows("layer normalization", "an input", x, first_size(x), width_);
  check_rows("layer normalization", "an output", y, first_size(x), width_);
}

}  // namespace sightline
