#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sightline/ops/gemm.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// A weight of a layer: its full name in the checkpoint and where it lies.
struct LayerWeight {
  std::string name;
  const StoredTensor* tensor;
};

/// What every layer is, as in keras.layers.Layer: a name, its weights, its sublayers. There is no virtual
/// forward pass: arguments differ. Neither copied nor moved.
class Layer {
 public:
  explicit Layer(std::string name) : name_(std::move(name)) {}
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  const std::string& name() const { return name_; }
  /// Own weights, without those of sublayers.
  const std::vector<LayerWeight>& own_weights() const { return weights_; }
  const std::vector<const Layer*>& sublayers() const { return sublayers_; }
  /// Own weights, then those of the sublayers, depth first.
  std::vector<LayerWeight> weights() const;
  /// Number of scalars in `weights()`.
  std::int64_t count_params() const;

 protected:
  /// The one way to a weight: asks the scope with the shape this layer expects, and records it.
  /// Errors: as WeightScope::require.
  const StoredTensor& add_weight(const WeightScope& scope, std::string_view name, const Shape& shape);
  void add_sublayer(const Layer& child) { sublayers_.push_back(&child); }

 private:
  std::string name_;
  std::vector<LayerWeight> weights_;
  std::vector<const Layer*> sublayers_;
};

}  // namespace sightline
