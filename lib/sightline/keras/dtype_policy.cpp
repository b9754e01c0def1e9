// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/dtype_policy.h"

#include <algorithm>
#include <array>

#include "sightline/base/error.h"

namespace sightline::keras {
namespace {

struct Known {
  std::string_view name;
  DType variable, compute;
};
constexpr std::array kPolicies = {
    Known{"float32", DType::f32, DType::f32},
    Known{"float16", DType::f16, DType::f16},
    Known{"bfloat16", DType::bf16, DType::bf16},
    Known{"float64", DType::f64, DType::f64},
    Known{"int8", DType::i8, DType::i8},
    Known{"int16", DType::i16, DType::i16},
    Known{"int32", DType::i32, DType::i32},
    Known{"int64", DType::i64, DType::i64},
    Known{"uint8", DType::u8, DType::u8},
    Known{"bool", DType::boolean, DType::boolean},
    Known{"mixed_float16", DType::f32, DType::f16},
    Known{"mixed_bfloat16", DType::f32, DType::bf16},
};
constexpr std::array<std::string_view, 3> kModes = {"int8", "int4", "float8"};

}  // namespace

DTypePolicy::DTypePolicy(std::string_view name) : name_(name) {
  std::string_view base = name;
  for (const std::string_view mode : kModes) {
    const std::string prefix = std::string(mode) + "_from_";
    if (!name.starts_with(prefix)) continue;
    quantization_mode_ = mode;
    base.remove_prefix(prefix.size());
  }
  const auto known =
      std::find_if(kPolicies.begin(), kPolicies.end(), [&](const Known& k) { return k.name == base; });
  if (known == kPolicies.end()) {
    fail(ErrorCode::unsupported, "dtype",
         "is '" + name_ +
             "', expected the name of a dtype, mixed_float16 or mixed_bfloat16, optionally after "
             "int8_from_, " +
             "int4_from_ or float8_from_");
  }
  variable_dtype_ = known->variable;
  compute_dtype_ = known->compute;
}

void check_float32(const DTypePolicy& dtype, std::string_view layer) {
  if (dtype == DTypePolicy()) return;
  fail(ErrorCode::unsupported, layer,
       "is given the dtype " + dtype.name() + ", but it computes only in float32");
}

}  // namespace sightline::keras
