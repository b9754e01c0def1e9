// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "sightline/base/error.h"

namespace sightline::keras {

/// A value of a layer's configuration.
using ConfigValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>>;
/// What is needed to make a layer again, as the dictionary of Keras's `get_config` and `get_build_config`.
using LayerConfig = std::map<std::string, ConfigValue, std::less<>>;

/// One of the types that a ConfigValue holds.
template <class T>
concept ConfigType = std::same_as<T, bool> || std::same_as<T, std::int64_t> || std::same_as<T, double> ||
    std::same_as<T, std::string> || std::same_as<T, std::vector<std::int64_t>>;

/// The value of `key`. An integer is accepted where a double is asked for; nothing else is converted.
/// Errors: missing; type.
template <ConfigType T>
T config_value(const LayerConfig& config, std::string_view key) {
  const auto at = config.find(key);
  if (at == config.end()) fail(ErrorCode::missing, key, "is not in the configuration");
  if (const T* value = std::get_if<T>(&at->second)) return *value;
  if constexpr (std::same_as<T, double>) {
    if (const auto* integer = std::get_if<std::int64_t>(&at->second)) return static_cast<double>(*integer);
  }
  fail(ErrorCode::type, key, "has a value of another type in the configuration");
}

/// The value of `key`, or `fallback` when the configuration does not have it. Errors: type.
template <ConfigType T>
T config_value(const LayerConfig& config, std::string_view key, std::type_identity_t<T> fallback) {
  return config.contains(key) ? config_value<T>(config, key) : fallback;
}

/// Errors: unsupported for a key that is neither one of `arguments` nor common to all layers (name, dtype,
/// trainable).
void check_arguments(const LayerConfig& config, std::span<const std::string_view> arguments);
inline void check_arguments(const LayerConfig& config, std::initializer_list<std::string_view> arguments) {
  check_arguments(config, std::span(arguments.begin(), arguments.size()));
}

/// The configuration as one JSON object. A double keeps its point (2.0), so that it is read as a double
/// again. Errors: range for a NaN or an infinity; utf8 for a text that is not UTF-8.
std::string to_json(const LayerConfig& config);
/// The configuration that a JSON object holds. Errors: header (not JSON); utf8; duplicate (a key); range (a
/// number that is too large); type for what a ConfigValue cannot hold.
LayerConfig config_from_json(std::string_view json);

}  // namespace sightline::keras
