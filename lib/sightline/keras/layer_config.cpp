// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/layer_config.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sightline/base/format.h"
#include "sightline/containers/json.h"

namespace sightline::keras {
namespace {

constexpr std::array<std::string_view, 3> kCommonArguments = {"name", "dtype", "trainable"};

void append_text(std::string& out, std::string_view text, std::string_view key) {
  if (!is_utf8(text)) fail(ErrorCode::utf8, key, "is not UTF-8");
  append_json_string(out, text);
}

void append_number(std::string& out, double value, std::string_view key) {
  if (!std::isfinite(value)) fail(ErrorCode::range, key, "is NaN or infinite, which JSON cannot hold");
  std::string text;
  append_double(text, value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  out += text;
}

struct ValueWriter {
  std::string& out;
  std::string_view key;

  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { out += std::to_string(value); }
  void operator()(double value) const { append_number(out, value, key); }
  void operator()(const std::string& value) const { append_text(out, value, key); }
  void operator()(const std::vector<std::int64_t>& values) const {
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i)
      out.append(i > 0 ? ", " : "").append(std::to_string(values[i]));
    out += ']';
  }
};

std::int64_t integer_of(const Json& json) {
  if (!json.is_number() || !json.is_integer())
    fail(ErrorCode::type, json.path(),
         "is not an integer of 64 bits, the only kind of element a list can have");
  try {
    return json.as_integer();
  } catch (const Error&) {  // between 2^63 and 2^64
    fail(ErrorCode::type, json.path(), "does not fit a signed integer of 64 bits");
  }
}

ConfigValue value_of(const Json& json) {
  if (json.is_bool()) return json.as_bool();
  if (json.is_string()) return std::string(json.as_string());
  if (json.is_number())
    return json.is_integer() ? ConfigValue(integer_of(json)) : ConfigValue(json.as_double());
  if (!json.is_array()) {
    fail(ErrorCode::type, json.path(),
         "is null or an object, expected true, false, a number, a string or a list of integers");
  }
  std::vector<std::int64_t> values;
  json.for_each_element([&](const Json& element) { values.push_back(integer_of(element)); });
  return values;
}

}  // namespace

void check_arguments(const LayerConfig& config, std::span<const std::string_view> arguments) {
  const auto is_in = [](const auto& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  for (const auto& [key, value] : config) {
    if (!is_in(arguments, key) && !is_in(kCommonArguments, key))
      fail(ErrorCode::unsupported, key, "is not an argument of the layer");
  }
}

std::string to_json(const LayerConfig& config) {
  std::string out = "{";
  for (const auto& [key, value] : config) {
    if (out.size() > 1) out += ", ";
    append_text(out, key, key);
    out += ": ";
    std::visit(ValueWriter{out, key}, value);
  }
  return out + "}";
}

LayerConfig config_from_json(std::string_view json) {
  const JsonDocument document(json, "configuration");
  if (!document.root().is_object())
    fail(ErrorCode::type, "configuration", "is another JSON value, expected an object");
  LayerConfig config;
  document.root().for_each_member([&](std::string_view key, const Json& value) {
    config.insert_or_assign(std::string(key), value_of(value));
  });
  return config;
}

}  // namespace sightline::keras
