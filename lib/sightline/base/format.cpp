// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace sightline {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::size_t kMaxPrintable = 512;
constexpr std::string_view kHex = "0123456789abcdef";

template <class T>
void append_number(std::string& out, T value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 40> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), result.ptr);
}

/// The number of bytes at the start of `text` that a JSON string contains unchanged: printable ASCII.
std::size_t plain_json_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] >= 0x20 && text[length] < 0x7F && text[length] != '"' &&
         text[length] != '\\') {
    ++length;
  }
  return length;
}

void append_hex_escape(std::string& out, std::string_view prefix, unsigned char byte) {
  out += prefix;
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

/// Characters that some line readers treat as line ends, although JSON allows them in strings.
std::string_view line_end_escape(std::string_view character) {
  if (character == "\xC2\x85") return "\\u0085";
  if (character == "\xE2\x80\xA8") return "\\u2028";
  if (character == "\xE2\x80\xA9") return "\\u2029";
  return "";
}

void append_json_control(std::string& out, unsigned char c) {
  switch (c) {
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    default:
      append_hex_escape(out, "\\u00", c);
  }
}

}  // namespace

void append_float(std::string& out, float value) { append_number(out, value); }
void append_double(std::string& out, double value) { append_number(out, value); }

int utf8_sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.empty()) return 0;
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < static_cast<std::size_t>(length)) return 0;
  // Unicode 16, table 3-7: the second byte's range excludes overlong forms, surrogates and > U+10FFFF.
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (int i = 2; i < length; ++i) {
    if (byte(static_cast<std::size_t>(i)) < 0x80 || byte(static_cast<std::size_t>(i)) > 0xBF) return 0;
  }
  return length;
}

bool is_utf8(std::string_view text) {
  constexpr std::uint64_t kNotAscii = 0x8080808080808080ULL;
  while (!text.empty()) {
    while (text.size() >= sizeof(std::uint64_t)) {
      std::uint64_t word;
      std::memcpy(&word, text.data(), sizeof(word));
      if ((word & kNotAscii) != 0) break;
      text.remove_prefix(sizeof(word));
    }
    if (text.empty()) break;
    const int length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(static_cast<std::size_t>(length));
  }
  return true;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (true) {
    const std::size_t plain = plain_json_length(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto c = static_cast<unsigned char>(text[0]);
    const int length = utf8_sequence_length(text);
    const std::string_view character = text.substr(0, static_cast<std::size_t>(length));
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (const std::string_view escape = line_end_escape(character); !escape.empty()) {
      out += escape;
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += text[0];
    } else if (length == 1) {
      append_json_control(out, c);
    } else {
      out += character;
    }
    text.remove_prefix(length == 0 ? 1 : static_cast<std::size_t>(length));
  }
  out += '"';
}

void append_base64(std::string& out, std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k > bytes.size() ? '=' : kBase64[group >> (18 - 6 * k) & 63];
    }
  }
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::array<std::uint8_t, 256> values;
  values.fill(64);
  for (std::uint8_t i = 0; i < 64; ++i) values[static_cast<unsigned char>(kBase64[i])] = i;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const std::size_t digits = i + 4 == text.size() ? 4 - padding : 4;
    unsigned group = 0;
    for (std::size_t k = 0; k < digits; ++k) {
      const std::uint8_t value = values[static_cast<unsigned char>(text[i + k])];
      if (value == 64) return std::nullopt;
      group |= static_cast<unsigned>(value) << (18 - 6 * k);
    }
    for (std::size_t k = 0; k + 1 < digits; ++k) out += static_cast<char>(group >> (16 - 8 * k) & 0xFF);
    if (digits < 4 && (group & (digits == 3 ? 0xFFU : 0xFFFFU)) != 0) return std::nullopt;
  }
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const int length = utf8_sequence_length(text);
    const auto c = static_cast<unsigned char>(text[0]);
    const bool c1_control = length == 2 && c == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    const std::size_t before = out.size();
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (length == 0 || c < 0x20 || c == 0x7F || c1_control) {
      append_hex_escape(out, "\\x", c);
    } else {
      out += text.substr(0, static_cast<std::size_t>(length));
    }
    if (out.size() > kMaxPrintable) {
      out.resize(before);
      return out += "...";
    }
    const bool single = length == 0 || c1_control;
    text.remove_prefix(single ? 1 : static_cast<std::size_t>(length));
  }
  return out;
}

}  // namespace sightline
