// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/containers/gguf.h"

namespace sightline {

/// A type of tensors as ggml has it.
struct GgufStoredType {
  std::uint32_t number = 0;
  GgufTensorType type = GgufTensorType::f32;
  std::string_view name;
  std::int64_t block = 1;  ///< elements of a block
  std::int64_t bytes = 0;  ///< of a block
};

/// The type of a number. Errors, with `subject`: unsupported for a type of ggml that is not read, by its
/// name; type for a number that ggml does not have, or no more. Source: ggml include/ggml.h.
const GgufStoredType& gguf_stored_type(std::uint32_t number, const std::string& subject);

}  // namespace sightline
