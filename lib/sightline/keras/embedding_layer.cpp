// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/embedding_layer.h"

#include <array>
#include <vector>

#include "sightline/keras/checks.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/int8_weight.h"
#include "sightline/keras/rows.h"
#include "sightline/nn/embedding.h"

namespace sightline::keras {
namespace {

const Embedding::Arguments& checked(const Embedding::Arguments& arguments) {
  at_least_one(arguments.input_dim, "input_dim");
  at_least_one(arguments.output_dim, "output_dim");
  return arguments;
}

}  // namespace

struct Embedding::Compute {
  EngineObject<sightline::Embedding> table;
};

Embedding::Embedding(const Arguments& arguments, const LayerOptions& options)
    : Layer("Embedding", options), arguments_(checked(arguments)), compute_(std::make_unique<Compute>()) {
  float32_or_int8(options, "embedding");
  const Shape shape{arguments_.input_dim, arguments_.output_dim};
  if (is_quantized(options)) {
    check_int8_columns(arguments_.output_dim, path() + "/embeddings");
    const std::array parts = int8_variables<NewWeight>("embeddings", shape);
    embeddings_ = &add_weight(parts[0]);
    scale_ = &add_weight(parts[1]);
  } else {
    embeddings_ =
        &add_weight({.shape = shape, .initializer = arguments_.embeddings_initializer, .name = "embeddings"});
  }
  Layer::build(Shape{-1, -1});
}

Embedding::Embedding(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope,
                     const Shape& ids)
    : Layer("Embedding", float32_or_int8(options, "embedding")),
      arguments_(checked(arguments)),
      compute_(std::make_unique<Compute>()) {
  embeddings_ =
      &add_stored_weight(scope, "weight", Shape{arguments_.input_dim, arguments_.output_dim}, "embeddings");
  Layer::build(ids);
  if (is_quantized(options)) Embedding::quantize("int8");
}

Embedding::~Embedding() = default;

std::unique_ptr<Embedding> Embedding::from_config(const LayerConfig& config) {
  check_arguments(config, {"input_dim", "output_dim"});
  return std::make_unique<Embedding>(
      Arguments{.input_dim = config_value<std::int64_t>(config, "input_dim"),
                .output_dim = config_value<std::int64_t>(config, "output_dim")},
      layer_options(config));
}

LayerConfig Embedding::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"input_dim", arguments_.input_dim}, {"output_dim", arguments_.output_dim}});
  return config;
}

Tensor Embedding::operator()(TensorView<const std::int32_t> ids) const {
  check_has_values(ids, name());
  const sightline::Embedding& table = compute_->table.get(
      [this](Weights& weights) { collect(weights, ""); },
      [this](const WeightScope& root) {
        return std::make_unique<sightline::Embedding>(root, arguments_.input_dim, arguments_.output_dim);
      });
  Tensor outputs(compute_output_shape(ids.shape()));
  const TensorView<float> rows{outputs.data(), Shape{ids.elements(), arguments_.output_dim}};
  for (std::int64_t i = 0; i < ids.elements(); ++i) table.lookup(ids.data()[i], rows.row(i));
  return outputs;
}

Shape Embedding::compute_output_shape(const Shape& input_shape) const {
  std::vector<std::int64_t> sizes(input_shape.sizes().begin(), input_shape.sizes().end());
  sizes.push_back(arguments_.output_dim);
  return Shape(std::span<const std::int64_t>(sizes));
}

void Embedding::quantize(std::string_view mode) {
  check_quantize_mode(mode);
  const Shape shape = embeddings_->shape();
  replace_by_int8("embeddings", int8_variables<NewWeight>("embeddings", shape, int8_weight(*embeddings_)));
}

void Embedding::collect(Weights& weights, const std::string& prefix) const {
  if (scale_ != nullptr) {
    collect_int8_weight(weights, prefix, "weight", *embeddings_, *scale_);
  } else {
    collect_weight(weights, prefix, "weight", *embeddings_);
  }
}

void Embedding::weights_changed() {
  embeddings_ = own_weight("embeddings");
  scale_ = own_weight("embeddings_scale");
  compute_->table.drop();
}

}  // namespace sightline::keras
