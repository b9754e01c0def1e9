// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sightline/keras/layer_config.h"
#include "sightline/nn/encoder_config.h"

namespace sightline::keras {

/// The arguments that the blocks of a tower have in common.
struct BlockArguments {
  std::int64_t width;
  std::int64_t layers;
  std::int64_t heads;
  std::optional<std::int64_t> mlp_width;
  std::string activation;
  double epsilon;
};

/// The names of these arguments, for messages.
struct BlockNames {
  const char* width = "width";
  const char* layers = "num_layers";
  const char* heads = "heads";
  const char* mlp_width = "mlp_width";
  const char* activation = "activation";
  const char* epsilon = "epsilon";
};

/// The engine's form. Errors: range for a number below 1, heads that do not divide the width, or an epsilon
/// that is not above 0; unsupported for another activation.
EncoderConfig encoder_config(const BlockArguments& arguments, const BlockNames& names);

/// The engine's epsilon with the digits that are enough to give it back: 1e-05.
double epsilon_of(float epsilon);
/// "quick_gelu" or "gelu". Errors: unsupported for another activation.
std::string activation_name(Activation activation);

}  // namespace sightline::keras
