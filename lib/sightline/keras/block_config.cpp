// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/block_config.h"

#include <charconv>

#include "sightline/base/error.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/rows.h"
#include "sightline/model/config_section.h"

namespace sightline::keras {

EncoderConfig encoder_config(const BlockArguments& arguments, const BlockNames& names) {
  check_heads(arguments.width, names.width, arguments.heads, names.heads);
  at_least_one(arguments.layers, names.layers, kMaxLayers);
  check_mlp_activation(arguments.activation, names.activation);
  check_epsilon(arguments.epsilon, names.epsilon);
  EncoderConfig config;
  config.width = arguments.width;
  config.heads = arguments.heads;
  config.mlp_width = mlp_width_or_default(arguments.width, arguments.mlp_width, names.mlp_width);
  config.layers = arguments.layers;
  config.epsilon = static_cast<float>(arguments.epsilon);
  config.activation = activation_of(arguments.activation);
  return config;
}

double epsilon_of(float epsilon) {
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, epsilon);
  double value = 0;
  std::from_chars(text, written.ptr, value);
  return value;
}

std::string activation_name(Activation activation) {
  if (activation == Activation::gelu_tanh)
    fail(ErrorCode::unsupported, "activation", "is gelu_pytorch_tanh, expected quick_gelu or gelu");
  return activation == Activation::gelu ? "gelu" : "quick_gelu";
}

}  // namespace sightline::keras
