// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sightline/ops/gemm.h"

namespace sightline {

/// The backend `name` with weights rounded to `precision`, whatever type they are stored in; nullopt: to the
/// type of their panels, or float32 if they are not stored in panels. What is multiplied:
///   float32   weights as they are
///   float16   weights rounded to float16, in float32 arithmetic
///   bfloat16  weights and activations rounded to bfloat16, summed in float32
///   int8      weights with a scale for each output, activations with a scale for each row, summed exactly
/// int8 always uses the kernels of `native`, which exist for every processor and give the same bits on all.
/// Errors: as `gemm_backend(name)`; type for another precision.
const GemmBackend& gemm_backend(std::string_view name, std::optional<DType> precision);

}  // namespace sightline
