// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/embedding_layer.h"

#include <vector>

#include "sightline/keras/checks.h"
#include "sightline/keras/engine_object.h"
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

Embedding::Embedding(const Arguments& arguments, const LayerOptions& options)
    : Layer("Embedding", float32_only(options, "embedding")), arguments_(checked(arguments)) {
  embeddings_ = &add_weight({.shape = {arguments_.input_dim, arguments_.output_dim},
                             .initializer = arguments_.embeddings_initializer,
                             .name = "embeddings"});
  Layer::build(Shape{-1, -1});
}

Embedding::Embedding(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope,
                     const Shape& ids)
    : Layer("Embedding", float32_only(options, "embedding")), arguments_(checked(arguments)) {
  embeddings_ =
      &add_stored_weight(scope, "weight", Shape{arguments_.input_dim, arguments_.output_dim}, "embeddings");
  Layer::build(ids);
}

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
  Weights weights;
  collect(weights, "");
  const sightline::Embedding table(WeightScope(weights), arguments_.input_dim, arguments_.output_dim);
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

void Embedding::collect(Weights& weights, const std::string& prefix) const {
  collect_weight(weights, prefix, "weight", *embeddings_);
}

}  // namespace sightline::keras
