// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/containers/gguf.h"

namespace sightline {

/// A tensor type as ggml defines it.
struct GgufStoredType {
  std::uint32_t number = 0;
  GgufTensorType type = GgufTensorType::f32;
  std::string_view name;
  std::int64_t block = 1;  ///< elements per block
  std::int64_t bytes = 0;  ///< bytes per block
};

/// The tensor type with the given number. Errors, with `subject`: unsupported for a ggml type that this
/// library does not read, by name; type for a number that ggml does not define or no longer defines. Source:
/// ggml include/ggml.h.
const GgufStoredType& gguf_stored_type(std::uint32_t number, const std::string& subject);

}  // namespace sightline
