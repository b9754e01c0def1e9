// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/dtype.h"

namespace sightline {

std::int64_t size_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
    case DType::i64:
      return 8;
    case DType::f32:
    case DType::i32:
      return 4;
    case DType::f16:
    case DType::bf16:
    case DType::i16:
      return 2;
    case DType::f8_e4m3fn:
    case DType::f8_e4m3fnuz:
    case DType::f8_e5m2:
    case DType::f8_e5m2fnuz:
    case DType::f8_e8m0fnu:
    case DType::i8:
    case DType::u8:
    case DType::boolean:
      return 1;
    case DType::other:
      return 0;
  }
  return 0;
}

std::string_view dtype_name(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return "float64";
    case DType::f32:
      return "float32";
    case DType::f16:
      return "float16";
    case DType::bf16:
      return "bfloat16";
    case DType::f8_e4m3fn:
      return "float8_e4m3fn";
    case DType::f8_e4m3fnuz:
      return "float8_e4m3fnuz";
    case DType::f8_e5m2:
      return "float8_e5m2";
    case DType::f8_e5m2fnuz:
      return "float8_e5m2fnuz";
    case DType::f8_e8m0fnu:
      return "float8_e8m0fnu";
    case DType::i64:
      return "int64";
    case DType::i32:
      return "int32";
    case DType::i16:
      return "int16";
    case DType::i8:
      return "int8";
    case DType::u8:
      return "uint8";
    case DType::boolean:
      return "bool";
    case DType::other:
      return "other";
  }
  return "other";
}

}  // namespace sightline
