// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/json_label.h"

#include "sightline/base/error.h"

namespace sightline {
namespace {

// The value of a base64 digit, or -1 for any other byte.
int digit_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::string decode_base64(const Json& value) {
  std::string_view text = value.as_string();
  if (text.size() % 4 != 0) fail(ErrorCode::header, value.path(), "is not valid base64");
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  std::string bytes;
  unsigned group = 0;
  int bits = 0;
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit < 0) fail(ErrorCode::header, value.path(), "is not valid base64");
    group = group << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xFFU);
  }
  return bytes;
}

}  // namespace

std::string json_label(const Json& line) {
  for (const std::string_view key : {"path", "text"}) {
    const std::optional<Json> label = line.find(key);
    if (!label) continue;
    const std::optional<Json> bytes = line.find(std::string(key) + "_b64");
    return bytes ? decode_base64(*bytes) : std::string(label->as_string());
  }
  fail(ErrorCode::missing, line.path(), "has neither 'path' nor 'text'");
}

}  // namespace sightline
