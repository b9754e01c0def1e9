// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sightline/base/parallel.h"
#include "sightline/files/file.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Writes a state_dict as `torch.save` does: a zip archive with a pickle of the names, dtypes and shapes, and
/// a member for each tensor. `dtype`, if given, is that of floating-point tensors, rounded to nearest even.
/// Holds one tensor in memory at a time. The same weights always give the same bytes. Errors: type for a
/// dtype that PyTorch lacks; those of ElementConverter, ZipWriter and OutputFile.
void write_pytorch(OutputFile& out, const Weights& weights, std::optional<DType> dtype, ThreadPool& pool);

}  // namespace sightline
