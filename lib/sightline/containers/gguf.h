// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// Value types of a GGUF file, with their numbers in the format.
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

/// A metadata value. The bytes are views into the file.
struct GgufValue {
  std::string key;
  GgufType type = GgufType::u8;  ///< never `array`; for an array, the type of its elements
  bool is_array = false;
  std::int64_t count = 1;  ///< number of elements; 1 for a scalar
  ByteView bytes;          ///< little-endian elements; a string is preceded by its length in 8 bytes
};

/// The strings of a value of type string, as views into the file.
std::vector<std::string_view> gguf_strings(const GgufValue& value);
/// Formats a value as text: numbers in the shortest decimal form that reads back the same, "true" or "false",
/// strings unchanged, and array elements separated by ", ".
std::string gguf_text(const GgufValue& value);

/// The supported tensor types. The quantized ones store blocks of 32 elements.
enum class GgufTensorType { f32, f16, bf16, f64, i8, i16, i32, i64, q4_0, q4_1, q5_0, q5_1, q8_0 };

/// A tensor, as a view into the file.
struct GgufTensor {
  std::string name;
  GgufTensorType type = GgufTensorType::f32;
  std::vector<std::int64_t> shape;  ///< outermost dimension first, the reverse of the file's order; empty for
                                    ///< a scalar
  ByteView bytes;                   ///< as many bytes as the type and the shape require
};

struct GgufContents {
  std::uint32_t version = 0;
  std::int64_t alignment = 32;
  std::vector<GgufValue> values;    ///< in file order
  std::vector<GgufTensor> tensors;  ///< in the order of their data
};

/// Whether the bytes start with the GGUF signature.
bool has_gguf_magic(ByteView head);

/// Parses a GGUF file in memory, version 2 or 3, little-endian; `subject` is its name for messages. Every
/// length, count and offset is checked before it is used, and no more memory is allocated than the file can
/// fill.
/// Errors: magic; truncated; unsupported (other versions, big-endian files, unsupported tensor types); range
/// (impossible counts, sizes, alignments and offsets); limit (65,536 values or tensors, names and strings
/// that are too long); type (unknown types, arrays of arrays, an alignment that is not a u32); duplicate;
/// header (a key or name that is empty or contains a NUL); utf8.
/// Source: ggml docs/gguf.md and src/gguf.cpp.
GgufContents parse_gguf(ByteView file, std::string_view subject);

}  // namespace sightline
