// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/model/config.h"

namespace sightline {

/// A size of an output shape that a call decides.
constexpr std::int64_t kAnySize = -1;

/// A layer as `summary` shows it, under KerasCV's name.
struct SummaryLayer {
  std::string name;
  Shape output;                      ///< kAnySize = any
  std::vector<std::string> weights;  ///< canonical names of its own weights
  std::vector<SummaryLayer> layers;  ///< what it is made of
};

/// The layers of KerasCV's CLIP in its order: the image encoder, the text encoder, the head.
std::vector<SummaryLayer> summary_layers(const CLIPConfig& config);

}  // namespace sightline
