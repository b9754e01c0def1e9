// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/rows.h"

#include <algorithm>
#include <string>

#include "sightline/base/error.h"

namespace sightline::keras {

Tensor copy_of(TensorView<const float> values) {
  Tensor copy(values.shape());
  std::copy_n(values.data(), values.elements(), copy.data());
  return copy;
}

void fail_without_values(std::string_view layer) {
  fail(ErrorCode::mismatch, layer, "is called with an empty tensor, expected values");
}

void check_last_axis(const Shape& shape, std::string_view layer) {
  if (shape.rank() > 0 && shape.last() > 0) return;
  fail(ErrorCode::mismatch, layer,
       "is given the shape " + to_string(shape) + ", expected a last axis of 1 or more");
}

std::vector<AttentionSpan> whole_sequences(const Shape& x) {
  std::vector<AttentionSpan> spans;
  const std::int64_t length = x[1];
  if (length == 0) return spans;
  for (std::int64_t i = 0; i < x[0]; ++i) spans.push_back({i * length, length, i * length, length, 0});
  return spans;
}

sightline::Mask mask_of(Mask mask) {
  return mask == Mask::causal ? sightline::Mask::causal : sightline::Mask::none;
}

Activation activation_of(std::string_view name) {
  if (name.empty() || name == "linear") return Activation::none;
  if (name == "quick_gelu") return Activation::quick_gelu;
  if (name == "gelu") return Activation::gelu;
  fail(ErrorCode::unsupported, "activation",
       "is '" + std::string(name) + "', expected linear, quick_gelu or gelu");
}

Initializer transposed(const Initializer& initializer) {
  return [initializer](const Shape& shape, DType dtype) {
    const std::int64_t units = shape[0], in = shape[1];
    const Tensor values = initializer(Shape{in, units}, dtype);
    Tensor turned(shape);
    for (std::int64_t row = 0; row < in; ++row) {
      for (std::int64_t column = 0; column < units; ++column)
        turned.data()[column * in + row] = values.data()[row * units + column];
    }
    return turned;
  };
}

}  // namespace sightline::keras
