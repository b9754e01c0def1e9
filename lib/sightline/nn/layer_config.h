// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sightline/base/error.h"

namespace sightline {

/// A value of a layer's configuration.
using ConfigValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>>;
/// What is needed to make a layer again, as the dictionary of Keras's `get_config` and `get_build_config`.
using LayerConfig = std::map<std::string, ConfigValue, std::less<>>;

/// The value of `key`. Errors: missing; type.
template <class T>
const T& config_value(const LayerConfig& config, std::string_view key) {
  const auto at = config.find(key);
  if (at == config.end()) fail(ErrorCode::missing, key, "is not in the configuration of the layer");
  const T* value = std::get_if<T>(&at->second);
  if (value == nullptr) fail(ErrorCode::type, key, "is of another type in the configuration of the layer");
  return *value;
}

/// The value of `key`, or `otherwise` when it is not there: an argument with a default. Errors: type.
template <class T>
T config_value(const LayerConfig& config, std::string_view key, T otherwise) {
  return config.contains(key) ? config_value<T>(config, key) : std::move(otherwise);
}

/// Errors: unsupported for a key that is neither one of `arguments` nor what every layer has (name, dtype,
/// trainable).
void check_arguments(const LayerConfig& config, std::span<const std::string_view> arguments);
inline void check_arguments(const LayerConfig& config, std::initializer_list<std::string_view> arguments) {
  check_arguments(config, std::span(arguments.begin(), arguments.size()));
}

}  // namespace sightline
