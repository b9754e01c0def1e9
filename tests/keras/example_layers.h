// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "sightline/keras/layer.h"
#include "sightline/keras/ops.h"
#include "sightline/keras/quick_gelu.h"

namespace sightline::testing {

namespace keras = sightline::keras;

/// y = x W + b, as Keras's page of the base Layer shows it.
class SimpleDense : public keras::Layer {
 public:
  explicit SimpleDense(std::int64_t units = 32, const keras::LayerOptions& options = {})
      : Layer("SimpleDense", options), units_(units) {}

  void build(const Shape& input_shape) override {  // creates the state of the layer (weights)
    kernel_ = &add_weight({.shape = {input_shape.last(), units_},
                           .initializer = "glorot_uniform",
                           .trainable = true,
                           .name = "kernel"});
    bias_ = &add_weight({.shape = {units_}, .initializer = "zeros", .trainable = true, .name = "bias"});
    Layer::build(input_shape);
  }
  Tensor call(TensorView<const float> inputs) override {  // defines the computation
    return keras::ops::add(keras::ops::matmul(inputs, *kernel_), *bias_);
  }
  Shape compute_output_shape(const Shape& input_shape) const override {
    return input_shape.with_last(units_);
  }
  keras::LayerConfig get_config() const override {
    keras::LayerConfig config = Layer::get_config();
    config["units"] = units_;
    return config;
  }
  static std::unique_ptr<SimpleDense> from_config(const keras::LayerConfig& config) {
    keras::check_arguments(config, {"units"});
    return std::make_unique<SimpleDense>(keras::config_value<std::int64_t>(config, "units"),
                                         keras::layer_options(config));
  }

 private:
  std::int64_t units_;
  keras::Variable *kernel_ = nullptr, *bias_ = nullptr;
};

/// The running sum of its inputs, as the page shows it; half of it is a loss.
class ComputeSum : public keras::Layer {
 public:
  explicit ComputeSum(const keras::LayerOptions& options = {}) : Layer("ComputeSum", options) {
    total_ = &add_weight({.shape = {}, .initializer = "zeros", .trainable = false, .name = "total"});
  }
  Tensor call(TensorView<const float> inputs) override {
    total_->assign(*total_ + keras::ops::sum(inputs));
    add_loss(total_->item() / 2);
    return total_->value();
  }
  const keras::Variable* total() const { return total_; }

 private:
  keras::Variable* total_;
};

/// A running sum, a dense layer and own variables of each kind; the same as in
/// scripts/golden/keras_layers.py.
class Outer : public keras::Layer {
 public:
  explicit Outer(const keras::LayerOptions& options = {}) : Layer("Outer", options) {
    add_sublayer(running_);
    add_sublayer(dense_);
    add_weight({.shape = {2}, .initializer = "zeros", .trainable = false, .name = "counter"});
    factor_ = &add_weight({.initializer = "ones", .name = "factor"});
  }
  Tensor call(TensorView<const float> inputs) override {
    running_(inputs);
    add_loss(*keras::ops::sum(inputs).data());
    return dense_(inputs) * *factor_;
  }
  ComputeSum& running() { return running_; }
  SimpleDense& dense() { return dense_; }
  keras::Variable& factor() { return *factor_; }

 private:
  ComputeSum running_{{.name = "running"}};
  SimpleDense dense_{3, {.name = "dense"}};
  keras::Variable* factor_;
};

/// Two inputs, as the contract of the library shows it.
class WeightedSum : public keras::Layer {
 public:
  WeightedSum() : Layer("WeightedSum") {}
  void build(std::span<const Shape> input_shapes) override {
    w_ = &add_weight({.shape = {input_shapes[0].last()}, .initializer = "ones", .name = "w"});
    Layer::build(input_shapes);
  }
  Tensor call(keras::TensorViews inputs) override {
    return keras::ops::add(keras::ops::multiply(inputs[0], *w_), inputs[1]);
  }

 private:
  keras::Variable* w_ = nullptr;
};

/// A float32 tensor of these values.
inline Tensor tensor_of(const Shape& shape, std::initializer_list<float> values) {
  Tensor tensor(shape);
  std::copy(values.begin(), values.end(), tensor.data());
  return tensor;
}

inline Tensor filled(const Shape& shape, float value) {
  Tensor tensor(shape);
  std::fill_n(tensor.data(), shape.elements(), value);
  return tensor;
}

inline std::vector<float> floats_of(const Tensor& tensor) {
  return {tensor.data(), tensor.data() + tensor.shape().elements()};
}

}  // namespace sightline::testing
