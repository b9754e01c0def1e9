// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// Types of the values of a GGUF file, by their numbers in it.
enum class GgufType : std::uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  string,
  array,
  u64,
  i64,
  f64
};

/// A fact beside the tensors. The bytes are those of the file.
struct GgufValue {
  std::string key;
  GgufType type = GgufType::u8;  ///< never `array`: of an array, the type of its elements
  bool is_array = false;
  std::int64_t count = 1;  ///< elements; 1 for a scalar
  ByteView bytes;          ///< elements, little-endian; a string has its length before it, in 8 bytes
};

/// The strings of a value of type string; views into the file.
std::vector<std::string_view> gguf_strings(const GgufValue& value);
/// A value as text: numbers in decimal, as short as they read back the same; "true" or "false"; a string as
/// it is; elements of an array with ", " between them.
std::string gguf_text(const GgufValue& value);

/// Types of tensors that are read. The quantised ones store blocks of 32 elements.
enum class GgufTensorType { f32, f16, bf16, f64, i8, i16, i32, i64, q4_0, q4_1, q5_0, q5_1, q8_0 };

/// A tensor: a view into the file.
struct GgufTensor {
  std::string name;
  GgufTensorType type = GgufTensorType::f32;
  std::vector<std::int64_t> shape;  ///< outermost first, the reverse of the file's; empty for a scalar
  ByteView bytes;                   ///< as many as type and shape say
};

struct GgufContents {
  std::uint32_t version = 0;
  std::int64_t alignment = 32;
  std::vector<GgufValue> values;    ///< in the file's order
  std::vector<GgufTensor> tensors;  ///< in the order of their bytes
};

/// Whether the bytes begin as a GGUF file does.
bool has_gguf_magic(ByteView head);

/// A GGUF file in memory, version 2 or 3, little-endian; `subject` is its name for messages. Every length,
/// count and offset is checked before it is used, and nothing is allocated that the file does not hold.
/// Errors: magic; truncated; unsupported (other versions, big-endian files, tensor types that are not read);
/// range (counts, sizes, alignment and offsets that cannot be); limit (65,536 values or tensors, names and
/// strings too long); type (unknown types, arrays of arrays, an alignment of another type than u32);
/// duplicate; header (a key or name that is empty or has a NUL); utf8.
/// Source: ggml docs/gguf.md and src/gguf.cpp.
GgufContents parse_gguf(ByteView file, std::string_view subject);

}  // namespace sightline
