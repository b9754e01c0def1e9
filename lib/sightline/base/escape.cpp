// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/escape.h"

#include <array>
#include <charconv>
#include <cmath>

#include "sightline/base/format.h"
#include "sightline/base/outcome.h"

namespace sightline {

void append_csv_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_tsv_field(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += c;
    }
  }
}

void append_tsv_text(std::string& out, std::string_view field) {
  for (std::size_t i = 0; i < field.size(); ++i) {
    const char next = field[i] == '\\' && i + 1 < field.size() ? field[i + 1] : '\0';
    const char meant = next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next;
    if (meant != next || next == '\\') {
      out += meant;
      ++i;
    } else {
      out += field[i];
    }
  }
}

void append_terminal_text(std::string& out, std::string_view text) {
  constexpr std::size_t kChunk = 100;  // short enough that `printable` never truncates it, even if every byte
                                       // becomes \xNN
  while (!text.empty()) {
    std::size_t size = 0;
    while (size < text.size() && size < kChunk) {
      const int length = utf8_sequence_length(text.substr(size));
      size += length == 0 ? 1 : static_cast<std::size_t>(length);
    }
    out += printable(text.substr(0, size));
    text.remove_prefix(size);
  }
}

void append_json_label(std::string& out, std::string_view key, std::string_view text) {
  append_json_string(out, key);
  out += ':';
  append_json_string(out, text);
  if (is_utf8(text)) return;
  out += ",\"";
  out.append(key).append("_b64\":\"");
  append_base64(out, text);
  out += '"';
}

void append_json_failure(std::string& out, const Outcome& outcome) {
  out += ",\"status\":\"skipped\",\"class\":";
  append_json_string(out, outcome.class_name());
  out += ",\"message\":";
  append_json_string(out, outcome.message);
}

void append_json_warnings(std::string& out, const Outcome& outcome) {
  out += ",\"warnings\":[";
  std::string_view separator;
  for (const std::string& warning : outcome.warnings) {
    out += separator;
    append_json_string(out, warning);
    separator = ",";
  }
  out += ']';
}

void append_field_float(std::string& out, float value) {
  if (std::isfinite(value)) append_float(out, value);
}

void append_fixed(std::string& out, float value, int decimals, std::size_t width) {
  std::array<char, 64> buffer;
  buffer[0] = '-';
  char* end = buffer.data() + 1;
  if (std::isfinite(value)) {
    end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals)
            .ptr;
  }
  const auto size = static_cast<std::size_t>(end - buffer.data());
  if (size < width) out.append(width - size, ' ');
  out.append(buffer.data(), size);
}

}  // namespace sightline
