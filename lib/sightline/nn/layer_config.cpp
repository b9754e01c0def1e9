// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/layer_config.h"

#include <algorithm>
#include <array>

namespace sightline {
namespace {

constexpr std::array<std::string_view, 3> kOfEveryLayer = {"name", "dtype", "trainable"};

}  // namespace

void check_arguments(const LayerConfig& config, std::span<const std::string_view> arguments) {
  const auto known = [](const auto& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  for (const auto& [key, value] : config) {
    if (!known(arguments, key) && !known(kOfEveryLayer, key))
      fail(ErrorCode::unsupported, key, "is not an argument of the layer");
  }
}

}  // namespace sightline
