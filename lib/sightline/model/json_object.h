// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sightline/base/format.h"

namespace sightline {

/// The text of a JSON object with one member per line, indented by two spaces.
class JsonObjectWriter {
 public:
  void begin(std::string_view key = "") {
    if (depth_ > 0) start_member(key);
    out_ += '{';
    ++depth_;
    first_ = true;
  }
  void end() {
    --depth_;
    start_line();
    out_ += '}';
    first_ = false;
  }
  void add(std::string_view key, std::int64_t value) { add_raw(key, std::to_string(value)); }
  void add(std::string_view key, std::string_view value) {
    start_member(key);
    append_json_string(out_, value);
  }
  void add_boolean(std::string_view key, bool value) { add_raw(key, value ? "true" : "false"); }
  void add_number(std::string_view key, double value) {
    std::string text;
    append_double(text, value);
    add_raw(key, with_point(std::move(text)));
  }
  void add_number(std::string_view key, float value) { add_raw(key, number(value)); }
  /// Writes a list with its items indented.
  void add_list(std::string_view key, std::span<const float> values) {
    start_member(key);
    out_ += '[';
    ++depth_;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      start_line();
      out_ += number(values[i]);
    }
    --depth_;
    start_line();
    out_ += ']';
  }
  void add_list(std::string_view key, std::string_view text) {
    start_member(key);
    out_ += '[';
    ++depth_;
    start_line();
    append_json_string(out_, text);
    --depth_;
    start_line();
    out_ += ']';
  }

  std::string text() && { return std::move(out_) + "\n"; }

 private:
  static std::string number(float value) {
    std::string text;
    append_float(text, value);
    return with_point(std::move(text));
  }
  /// Keeps a floating-point number recognisable as one if its value is an integer.
  static std::string with_point(std::string text) {
    if (text.find_first_of(".en") == std::string::npos) text += ".0";
    return text;
  }
  void add_raw(std::string_view key, std::string_view value) {
    start_member(key);
    out_ += value;
  }
  void start_member(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    start_line();
    append_json_string(out_, key);
    out_ += ": ";
  }
  void start_line() { out_.append("\n").append(2 * depth_, ' '); }

  std::string out_;
  std::size_t depth_ = 0;
  bool first_ = true;
};

}  // namespace sightline
