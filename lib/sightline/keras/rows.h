// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sightline/keras/initializers.h"
#include "sightline/keras/mask.h"
#include "sightline/ops/attention.h"
#include "sightline/ops/gemm.h"
#include "sightline/tensor/tensor.h"

namespace sightline::keras {

/// Throws Error: mismatch.
[[noreturn]] void fail_without_values(std::string_view layer);

/// A tensor [..., width] seen as [rows, width].
template <class T>
TensorView<T> as_rows(TensorView<T> tensor, std::int64_t width) {
  return {tensor.data(), Shape{tensor.elements() / width, width}};
}

/// A copy.
Tensor copy_of(TensorView<const float> values);

/// Errors: mismatch, with `layer` as its subject, for a view that has a shape but no values.
template <class T>
void check_has_values(TensorView<T> values, std::string_view layer) {
  if (values.data() == nullptr && values.elements() > 0) fail_without_values(layer);
}

/// Errors: mismatch, with `layer` as its subject, for a shape without a last axis, or whose last axis is 0 or
/// not known.
void check_last_axis(const Shape& shape, std::string_view layer);

/// The spans of `x` [B, L, W]: each sequence whole, every position of it asking.
std::vector<AttentionSpan> whole_sequences(const Shape& x);

/// The engine's name for a mask, and for an activation ("", "linear", "quick_gelu", "gelu"). Errors:
/// unsupported.
sightline::Mask mask_of(Mask mask);
Activation activation_of(std::string_view name);

/// The initializer of a kernel that lies as [out, in]: the values of one for [in, out], so that fans are
/// Keras's.
Initializer transposed(const Initializer& initializer);

}  // namespace sightline::keras
