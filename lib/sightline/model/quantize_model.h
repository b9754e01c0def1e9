// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/parallel.h"
#include "sightline/model/config.h"
#include "sightline/weights/packed_writer.h"

namespace sightline {

/// Quantizes the matrices of a model to int8. The model runs in float32 on fixed probes; for each matrix, the
/// activations that it multiplies decide whether its inputs are smoothed, and how strongly, by the errors of
/// its products (`product_error`). A matrix whose error stays above `kMaxProductError` is not quantized. The
/// self-check uses other probes (`self_check.h`). The quantized matrices are all in memory. Errors: corrupt,
/// with its name, for a weight that is not finite, and if an embedding is not; those of the towers.
QuantizedContent quantize_model(const Weights& weights, const ModelConfig& config, ThreadPool& pool);

}  // namespace sightline
