#include "sightline/nn/layer.h"

namespace sightline {

std::vector<LayerWeight> Layer::weights() const {
  std::vector<LayerWeight> all = weights_;
  for (const Layer* child : sublayers_) {
    const std::vector<LayerWeight> below = child->weights();
    all.insert(all.end(), below.begin(), below.end());
  }
  return all;
}

std::int64_t Layer::count_params() const {
  std::int64_t count = 0;
  for (const LayerWeight& weight : weights()) count += weight.tensor->shape.elements();
  return count;
}

const StoredTensor& Layer::add_weight(const WeightScope& scope, std::string_view name, const Shape& shape) {
  const StoredTensor& tensor = scope.require(name, shape);
  weights_.push_back({scope.full_name(name), &tensor});
  return tensor;
}

}  // namespace sightline
