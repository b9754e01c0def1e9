// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "sightline/base/parallel.h"
#include "sightline/files/file.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// What a Keras file needs to know beside the tensors.
struct KerasH5Options {
  std::int64_t vision_heads = 0;  ///< the kernels of q, k, v and the output have an axis for the heads
  std::int64_t text_heads = 0;
  std::optional<DType> dtype = {};  ///< f32, f16 or bf16 for every floating-point tensor; else as it is
};

/// Writes the `.weights.h5` of KerasHub's CLIPBackbone, as Keras 3.15 does, from canonical tensors; the
/// caller commits the file. Kernels become [in, out], those of q, k, v [in, heads, head width], that of the
/// output [heads, head width, out]; a layer's name stands in the attribute `name` of its `vars` group; the
/// positions of the image are added, and to the file what `fingerprint_metadata` says, as attributes. One
/// tensor at a time is in memory. Deterministic. Errors: missing for a tensor that the layout needs; mismatch
/// for a tensor without a place in it and for a shape that it does not allow; type for a tensor that is not
/// floating-point; those of ElementWriter.
void write_keras_h5(OutputFile& out, const Weights& canonical, const KerasH5Options& options,
                    ThreadPool* pool = nullptr);

}  // namespace sightline
