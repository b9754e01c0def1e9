// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/gguf_types.h"

#include <array>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::array kStoredTypes = {
    GgufStoredType{0, GgufTensorType::f32, "f32", 1, 4},
    GgufStoredType{1, GgufTensorType::f16, "f16", 1, 2},
    GgufStoredType{2, GgufTensorType::q4_0, "q4_0", 32, 18},
    GgufStoredType{3, GgufTensorType::q4_1, "q4_1", 32, 20},
    GgufStoredType{6, GgufTensorType::q5_0, "q5_0", 32, 22},
    GgufStoredType{7, GgufTensorType::q5_1, "q5_1", 32, 24},
    GgufStoredType{8, GgufTensorType::q8_0, "q8_0", 32, 34},
    GgufStoredType{24, GgufTensorType::i8, "i8", 1, 1},
    GgufStoredType{25, GgufTensorType::i16, "i16", 1, 2},
    GgufStoredType{26, GgufTensorType::i32, "i32", 1, 4},
    GgufStoredType{27, GgufTensorType::i64, "i64", 1, 8},
    GgufStoredType{28, GgufTensorType::f64, "f64", 1, 8},
    GgufStoredType{30, GgufTensorType::bf16, "bf16", 1, 2},
};

// ggml types that are not supported, by number; gaps are types that ggml has removed.
struct ForeignType {
  std::uint32_t number;
  std::string_view name;
};
constexpr std::array kForeignTypes = {
    ForeignType{9, "q8_1"},     ForeignType{10, "q2_k"},    ForeignType{11, "q3_k"},
    ForeignType{12, "q4_k"},    ForeignType{13, "q5_k"},    ForeignType{14, "q6_k"},
    ForeignType{15, "q8_k"},    ForeignType{16, "iq2_xxs"}, ForeignType{17, "iq2_xs"},
    ForeignType{18, "iq3_xxs"}, ForeignType{19, "iq1_s"},   ForeignType{20, "iq4_nl"},
    ForeignType{21, "iq3_s"},   ForeignType{22, "iq2_s"},   ForeignType{23, "iq4_xs"},
    ForeignType{29, "iq1_m"},   ForeignType{34, "tq1_0"},   ForeignType{35, "tq2_0"},
    ForeignType{39, "mxfp4"},   ForeignType{40, "nvfp4"},   ForeignType{41, "q1_0"},
};

}  // namespace

const GgufStoredType& gguf_stored_type(std::uint32_t number, const std::string& subject) {
  for (const GgufStoredType& type : kStoredTypes) {
    if (type.number == number) return type;
  }
  for (const ForeignType& type : kForeignTypes) {
    if (type.number != number) continue;
    fail(
        ErrorCode::unsupported, subject,
        "is of type " + std::string(type.name) + ", expected f32, f16, bf16, q8_0, q4_0, q4_1, q5_0 or q5_1");
  }
  fail(ErrorCode::type, subject, "is of type " + std::to_string(number) + ", which ggml does not define");
}

}  // namespace sightline
