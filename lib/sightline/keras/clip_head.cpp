// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/clip_head.h"

#include <array>
#include <cmath>

#include "sightline/base/error.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/clip_initializers.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/rows.h"
#include "sightline/keras/variable_access.h"
#include "sightline/model/head.h"
#include "sightline/weights/weights.h"

namespace sightline::keras {

CLIPHead::CLIPHead(const LayerOptions& options) : CLIPHead(options, WeightScope(initial_weights(1, 1, {}))) {}

CLIPHead::CLIPHead(const LayerOptions& options, const WeightScope& root)
    : Layer("CLIPHead", float32_only(options, "clip_head")) {
  logit_scale_ = &add_stored_weight(root, "logit_scale", Shape{}, "logit_scale");
  check_finite("logit_scale", VariableAccess::stored(*logit_scale_));
  const std::array<Shape, 2> inputs = {Shape{-1, -1}, Shape{-1, -1}};
  Layer::build(std::span<const Shape>(inputs));
  if (!options.trainable) set_trainable(false);
}

std::unique_ptr<CLIPHead> CLIPHead::from_config(const LayerConfig& config) {
  check_arguments(config, {});
  return std::make_unique<CLIPHead>(layer_options(config));
}

Tensor CLIPHead::logits(TensorViews inputs) const {
  if (inputs.size() != 2) {
    fail(ErrorCode::unsupported, name(),
         "is given " + std::to_string(inputs.size()) + " inputs, expected images and texts");
  }
  const TensorView<const float> images = inputs[0], texts = inputs[1];
  if (images.shape().rank() != 2 || texts.shape().rank() != 2 || images.columns() != texts.columns()) {
    fail(ErrorCode::mismatch, name(),
         "is given images of shape " + to_string(images.shape()) + " and texts of shape " +
             to_string(texts.shape()) + ", expected [images, E] and [texts, E]");
  }
  check_has_values(images, name());
  check_has_values(texts, name());
  Weights weights;
  collect(weights);
  Tensor logits(Shape{images.rows(), texts.rows()});
  Head(WeightScope(weights))(images, texts, logits.view());
  return logits;
}

float CLIPHead::logit_scale() const { return std::exp(logit_scale_->item()); }

Shape CLIPHead::compute_output_shape(const Shape& input_shape) const {
  if (input_shape.rank() != 2) {
    fail(ErrorCode::mismatch, name(),
         "is given the shape " + to_string(input_shape) + ", expected [images, E]");
  }
  return Shape{input_shape[0], -1};
}

void CLIPHead::collect(Weights& weights) const { collect_weight(weights, "", "logit_scale", *logit_scale_); }

}  // namespace sightline::keras
