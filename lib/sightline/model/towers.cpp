// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/towers.h"

namespace sightline {

Towers::Towers(const WeightScope& root, const ModelConfig& config, const GemmBackend& backend) {
  if (config.has_vision) image.emplace(root, config, backend);
  if (config.has_text) text.emplace(root, config, backend);
}

}  // namespace sightline
