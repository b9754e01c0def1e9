// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/model/config.h"

namespace sightline {

/// A size of an output shape that depends on the input.
constexpr std::int64_t kAnySize = -1;

/// A layer of a summary, with its name in KerasCV.
struct SummaryLayer {
  std::string name;
  Shape output;                      ///< kAnySize = any
  std::vector<std::string> weights;  ///< canonical names of the weights of this layer alone
  std::vector<SummaryLayer> layers;  ///< its sublayers
};

/// The layers of KerasCV's CLIP in order: the image encoder, the text encoder, the head.
std::vector<SummaryLayer> summary_layers(const ModelConfig& config);

}  // namespace sightline
