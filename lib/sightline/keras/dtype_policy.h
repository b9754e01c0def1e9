// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sightline/tensor/dtype.h"

namespace sightline::keras {

/// The types in which a layer keeps its variables and computes, as keras.DTypePolicy. Accepted names: a dtype
/// ("float32", "float16", "bfloat16", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"), which
/// sets both; "mixed_float16" and "mixed_bfloat16"; and any of these after "int8_from_", "int4_from_" or
/// "float8_from_".
class DTypePolicy {
 public:
  /// "float32".
  DTypePolicy() = default;
  /// Errors: unsupported for a name that is not listed above.
  DTypePolicy(std::string_view name);  // NOLINT: implicit on purpose, a layer's dtype is written as its name
  DTypePolicy(const char* name) : DTypePolicy(std::string_view(name)) {}         // NOLINT: likewise
  DTypePolicy(const std::string& name) : DTypePolicy(std::string_view(name)) {}  // NOLINT: likewise

  const std::string& name() const { return name_; }
  DType variable_dtype() const { return variable_dtype_; }
  DType compute_dtype() const { return compute_dtype_; }
  /// "int8", "int4", "float8", or "" when nothing is quantized.
  const std::string& quantization_mode() const { return quantization_mode_; }
  bool operator==(const DTypePolicy& other) const { return name_ == other.name_; }

 private:
  std::string name_ = "float32";
  std::string quantization_mode_;
  DType variable_dtype_ = DType::f32;
  DType compute_dtype_ = DType::f32;
};

/// For a layer that computes in float32 only. Errors: unsupported for any other policy, with `layer` as its
/// subject.
void check_float32(const DTypePolicy& dtype, std::string_view layer);

}  // namespace sightline::keras
