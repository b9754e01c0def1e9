#pragma once

#include <string_view>

#include "sightline/io/file.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// Writes the elements of `tensor` as `dtype`: f32, f16 or bf16 for floating-point tensors, rounded to
/// nearest even; the tensor's own for all others. Converts in blocks, so that memory stays below 1 MiB (and
/// the bytes of a deferred tensor). Errors: type when the tensor cannot become that; those of OutputFile.
void write_elements(OutputFile& out, const StoredTensor& tensor, DType dtype, std::string_view name);

}  // namespace sightline
