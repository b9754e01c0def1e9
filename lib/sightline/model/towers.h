// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sightline/model/image_tower.h"
#include "sightline/model/text_tower.h"

namespace sightline {

/// The towers of a model. A checkpoint may hold one of them alone.
struct Towers {
  /// `root` is the scope of the whole checkpoint. Errors: those of the towers.
  Towers(const WeightScope& root, const ModelConfig& config, const GemmBackend& backend);

  std::optional<ImageTower> image;
  std::optional<TextTower> text;
};

}  // namespace sightline
