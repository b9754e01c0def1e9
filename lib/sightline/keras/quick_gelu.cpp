// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/quick_gelu.h"

#include <algorithm>

#include "sightline/ops/elementwise.h"

namespace sightline::keras {

std::unique_ptr<QuickGELU> QuickGELU::from_config(const LayerConfig& config) {
  check_arguments(config, {});
  return std::make_unique<QuickGELU>(layer_options(config));
}

Tensor QuickGELU::call(TensorView<const float> inputs) {
  Tensor outputs(inputs.shape());
  std::copy_n(inputs.data(), inputs.elements(), outputs.data());
  quick_gelu(outputs.data(), inputs.elements());
  return outputs;
}

}  // namespace sightline::keras
