// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>

#include "sightline/containers/gguf.h"

namespace sightline {
namespace {

constexpr std::string_view kNoSubject = "value";  // the parser has checked that the bytes are present

// Formats the element at `offset` and advances past it.
template <class T>
std::string number_text(ByteView bytes, std::size_t& offset) {
  const T value = load_le<T>(bytes, offset, kNoSubject);
  offset += sizeof(T);
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}

std::string_view string_text(ByteView bytes, std::size_t& offset) {
  const auto length = static_cast<std::size_t>(load_le<std::uint64_t>(bytes, offset, kNoSubject));
  const std::string_view text = as_text(bytes.subspan(offset + 8, length));
  offset += 8 + length;
  return text;
}

std::string element_text(const GgufValue& value, std::size_t& offset) {
  switch (value.type) {
    case GgufType::u8:
      return number_text<std::uint8_t>(value.bytes, offset);
    case GgufType::i8:
      return number_text<std::int8_t>(value.bytes, offset);
    case GgufType::u16:
      return number_text<std::uint16_t>(value.bytes, offset);
    case GgufType::i16:
      return number_text<std::int16_t>(value.bytes, offset);
    case GgufType::u32:
      return number_text<std::uint32_t>(value.bytes, offset);
    case GgufType::i32:
      return number_text<std::int32_t>(value.bytes, offset);
    case GgufType::u64:
      return number_text<std::uint64_t>(value.bytes, offset);
    case GgufType::i64:
      return number_text<std::int64_t>(value.bytes, offset);
    case GgufType::f32:
      return number_text<float>(value.bytes, offset);
    case GgufType::f64:
      return number_text<double>(value.bytes, offset);
    case GgufType::boolean:  // as llama.cpp: any nonzero byte is true
      return value.bytes[offset++] != std::byte{0} ? "true" : "false";
    case GgufType::string:
      return std::string(string_text(value.bytes, offset));
    case GgufType::array:
      break;
  }
  return {};
}

}  // namespace

std::vector<std::string_view> gguf_strings(const GgufValue& value) {
  std::vector<std::string_view> strings;
  if (value.type != GgufType::string) return strings;
  strings.reserve(static_cast<std::size_t>(value.count));
  std::size_t offset = 0;
  for (std::int64_t i = 0; i < value.count; ++i) strings.push_back(string_text(value.bytes, offset));
  return strings;
}

std::string gguf_text(const GgufValue& value) {
  std::string text;
  std::size_t offset = 0;
  for (std::int64_t i = 0; i < value.count; ++i) {
    if (i > 0) text += ", ";
    text += element_text(value, offset);
  }
  return text;
}

}  // namespace sightline
