// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/weights/weight_format.h"

namespace sightline {

/// ggml's container, as clip.cpp writes it. Tensors of f32, f16, bf16, f64 and integers are views into the
/// mapping; q8_0, q4_0, q4_1, q5_0 and q5_1 are deferred float32 tensors. Metadata: every scalar value, every
/// list of at most 16 numbers ("0.5, 0.5, 0.5"), and the length of every other list under "<key>.size".
class Gguf : public WeightFormat {
 public:
  std::string_view name() const override { return "gguf"; }
  bool recognizes(ByteView head) const override;
  /// Errors: those of `parse_gguf`; utf8 for text that is not UTF-8; those of `MappedFile::open`.
  Weights read(const std::string& path) const override;
};

}  // namespace sightline
