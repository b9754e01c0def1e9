// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "sightline/keras/dtype_policy.h"
#include "sightline/keras/layer_config.h"

namespace sightline::keras {

/// The arguments of every layer: the second argument of each constructor.
struct LayerOptions {
  std::optional<std::string> name = {};  ///< nothing: the class's name in snake case, numbered in the process
  DTypePolicy dtype = {};
  bool trainable = true;
};

/// The options that a configuration holds (name, dtype, trainable), or their defaults where it has none.
/// Errors: type; unsupported for a dtype that is not known.
LayerOptions layer_options(const LayerConfig& config);

}  // namespace sightline::keras
