// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// How a tensor of another naming scheme is converted to Hugging Face's layout.
enum class TensorLayout {
  same,                 ///< unchanged, without a copy
  part,                 ///< part `part` of `parts` equal parts along the first axis, without a copy
  first,                ///< [1, ...] becomes [...], without a copy
  first_row,            ///< [n, w] becomes its first row, [1, 1, w], without a copy
  grid,                 ///< [1, h, w, c] becomes [h * w, c], without a copy
  flat,                 ///< flattened to one axis, without a copy
  scalar,               ///< one number, [] or [1], becomes []
  transpose,            ///< [a, b] becomes [b, a]
  query_kernel,         ///< Keras's [in, heads, head width] becomes [heads * head width, in]
  output_kernel,        ///< Keras's [heads, head width, out] becomes [out, heads * head width]
  convolution,          ///< Keras's [height, width, in, out] becomes [out, in, height, width]
  swapped_convolution,  ///< KerasCV's patch kernel, [width, height, in, out]: rows and columns are swapped
                        ///< too
  drop,                 ///< a buffer that no layer needs
};

/// Index of the part, for `TensorLayout::part`.
struct TensorPart {
  std::int64_t index = 0;
  std::int64_t count = 1;
};

/// The tensor in another layout. A conversion that moves elements is deferred: nothing is copied before the
/// bytes are requested. The bytes of `tensor` must outlive the result. `name` is for messages. Errors:
/// mismatch if the shape does not allow the layout.
StoredTensor to_layout(const StoredTensor& tensor, TensorLayout layout, TensorPart part,
                       std::string_view name);

/// `count` rows along the first axis from `first` on, without a copy unless the tensor is deferred. They must
/// exist.
StoredTensor row_range(const StoredTensor& tensor, std::int64_t first, std::int64_t count);

/// Deferred permutation: axis i of the result is axis `axes[i]` of `tensor`. `axes` is a permutation of all
/// axes.
StoredTensor permuted(const StoredTensor& tensor, std::span<const int> axes);

/// Deferred concatenation along the first axis. `name` is for messages. Errors: mismatch if there is no part,
/// or if the parts have different dtypes or differ in another axis than the first.
StoredTensor concatenated(std::span<const StoredTensor> parts, std::string_view name);

/// The same bytes with another shape of the same number of elements.
StoredTensor reshaped(const StoredTensor& tensor, const Shape& shape);

}  // namespace sightline
