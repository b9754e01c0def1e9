// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// What becomes of a tensor of a foreign dialect on its way to Hugging Face's layout.
enum class TensorLayout {
  same,                 ///< the bytes as they are: no copy
  part,                 ///< part `part` of `parts` equal parts along the first axis: no copy
  flat,                 ///< one axis, the bytes as they are
  scalar,               ///< one number, [] or [1], becomes []
  transpose,            ///< [a, b] becomes [b, a]
  query_kernel,         ///< Keras's [in, heads, head width] becomes [heads * head width, in]
  output_kernel,        ///< Keras's [heads, head width, out] becomes [out, heads * head width]
  convolution,          ///< Keras's [height, width, in, out] becomes [out, in, height, width]
  swapped_convolution,  ///< KerasCV's patch kernel, [width, height, in, out]: rows and columns change places
                        ///< too
  drop,                 ///< a buffer that no layer needs
};

/// Which part, for `TensorLayout::part`.
struct TensorPart {
  std::int64_t index = 0;
  std::int64_t count = 1;
};

/// The tensor in another layout. What has to move is deferred: nothing is copied before its bytes are asked
/// for. The bytes of `tensor` must live as long as the result. `name` is for messages. Errors: mismatch when
/// the shape does not allow the layout.
StoredTensor laid_out(const StoredTensor& tensor, TensorLayout layout, TensorPart part,
                      std::string_view name);

/// Axis i of the result is axis `axes[i]` of `tensor`, deferred. `axes` holds every axis once.
StoredTensor permuted(const StoredTensor& tensor, std::span<const int> axes);

/// The same bytes seen with other sizes, as many elements in all.
StoredTensor reshaped(const StoredTensor& tensor, const Shape& shape);

}  // namespace sightline
