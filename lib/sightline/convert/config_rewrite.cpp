// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/config_rewrite.h"

#include "sightline/base/format.h"
#include "sightline/containers/json.h"

namespace sightline {
namespace {

bool is_dtype_key(std::string_view key) { return key == "torch_dtype" || key == "dtype"; }

/// Copies a document, replacing every dtype that is a string or null.
class Rewriter {
 public:
  explicit Rewriter(std::string_view dtype) : dtype_(dtype) {}

  std::string out;

  void append(const Json& value, std::size_t depth) {
    if (value.is_object()) {
      append_object(value, depth);
    } else if (value.is_array()) {
      append_array(value, depth);
    } else if (value.is_string()) {
      append_json_string(out, value.as_string());
    } else if (value.is_bool()) {
      out += value.as_bool() ? "true" : "false";
    } else if (value.is_null()) {
      out += "null";
    } else if (value.is_integer()) {
      out += std::to_string(value.as_integer());
    } else {
      append_number(value.as_double());
    }
  }

 private:
  /// A float such as 1.0 must not become an integer, because readers distinguish the two.
  void append_number(double value) {
    const std::size_t begin = out.size();
    append_double(out, value);
    if (out.find_first_of(".e", begin) == std::string::npos) out += ".0";
  }

  void start_line(std::size_t depth) { out.append("\n").append(depth * 2, ' '); }

  void append_object(const Json& object, std::size_t depth) {
    out += '{';
    bool first = true, has_dtype = false;
    object.for_each_member([&](std::string_view key, const Json& value) {
      start_member(first, depth);
      append_json_string(out, key);
      out += ": ";
      if (is_dtype_key(key) && (value.is_string() || value.is_null())) {
        append_json_string(out, dtype_);
        has_dtype = true;
      } else {
        append(value, depth + 1);
      }
    });
    if (depth == 0 && !has_dtype) {
      start_member(first, depth);
      out += "\"torch_dtype\": ";
      append_json_string(out, dtype_);
    }
    if (!first) start_line(depth);
    out += '}';
  }

  void start_member(bool& first, std::size_t depth) {
    if (!first) out += ',';
    first = false;
    start_line(depth + 1);
  }

  void append_array(const Json& array, std::size_t depth) {
    out += '[';
    bool first = true;
    array.for_each_element([&](const Json& value) {
      start_member(first, depth);
      append(value, depth + 1);
    });
    if (!first) start_line(depth);
    out += ']';
  }

  std::string_view dtype_;
};

}  // namespace

std::string with_dtype(std::string_view config, std::string_view subject, std::string_view dtype) {
  const JsonDocument document(config, subject);
  Rewriter rewriter(dtype);
  rewriter.append(document.root(), 0);
  return rewriter.out + "\n";
}

}  // namespace sightline
