// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sightline/keras/layer.h"
#include "sightline/keras/variable_access.h"

namespace sightline::keras {

/// A layer and all below it, depth first; a layer that is part of two is there once.
std::vector<Layer*> layers_of(Layer& layer);
std::vector<const Layer*> layers_of(const Layer& layer);

/// How a layer and all below it are at one moment, to be put back: its name, variables, values, losses, what
/// is trainable, and what a build adds. Also covers sublayers that are added while it lives, as they were
/// before. Thread-safety: one thread, and the last made goes first.
class LayerState {
 public:
  explicit LayerState(Layer& layer);
  ~LayerState();
  LayerState(const LayerState&) = delete;
  LayerState& operator=(const LayerState&) = delete;

  /// Puts everything back; layers whose values change by it are told.
  void put_back();

  /// A layer is about to become a sublayer; a layer is destroyed.
  static void before_adding(Layer& layer);
  static void forget(const Layer& layer);

 private:
  struct Value {
    Layer::Own own;
    std::shared_ptr<const VariableValue> value;
    bool trainable;
  };
  struct Entry {
    Layer* layer;
    std::vector<Value> values;
    std::size_t sublayers;
    std::string name;
    bool has_given_name, trainable, built;
    std::vector<Shape> build_shapes;
    std::optional<InputSpec> input_spec;
    DTypePolicy dtype_policy;
    std::vector<float> losses;
  };
  void remember(Layer& layer);
  static void remove_added(Layer& layer, std::size_t sublayers);

  std::vector<Entry> entries_;
  LayerState* before_ = nullptr;
};

}  // namespace sightline::keras
