// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "sightline/base/parallel.h"
#include "sightline/files/file.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// What a Keras file needs besides the tensors.
struct KerasH5Options {
  std::int64_t vision_heads = 0;  ///< number of heads; the kernels of q, k, v and the output have an axis for
                                  ///< them
  std::int64_t text_heads = 0;
  std::optional<DType> dtype = {};  ///< f32, f16 or bf16 for all floating-point tensors; unchanged if empty
};

/// Writes the `.weights.h5` of KerasHub's CLIPBackbone, as Keras 3.15 does, from canonical tensors; the
/// caller commits the file. Kernels become [in, out], those of q, k, v [in, heads, head width], that of the
/// output [heads, head width, out]; the name of a layer becomes the attribute `name` of its `vars` group. The
/// position ids of the image are added, and the entries of `fingerprint_metadata` become attributes of the
/// file. One tensor at a time is in memory. The output is deterministic.
/// Errors: missing for a tensor that the layout needs; mismatch for a tensor that has no place in it and for
/// a shape that it does not allow; type for a tensor that is not floating-point; those of ElementWriter.
void write_keras_h5(OutputFile& out, const Weights& canonical, const KerasH5Options& options,
                    ThreadPool* pool = nullptr);

}  // namespace sightline
