// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sightline/keras/layer.h"

namespace sightline {
class WeightScope;
class Weights;
}  // namespace sightline

namespace sightline::keras {

/// KerasCV's CLIPHead, where the towers meet: logits = exp(logit_scale) * cosine. KerasCV divides by the norm
/// of the whole batch; here each row is divided by its own, as in CLIP.
class CLIPHead : public Layer {
 public:
  /// With CLIP's initial scale, 1 / 0.07. Errors: unsupported for a dtype other than float32.
  explicit CLIPHead(const LayerOptions& options = {});
  /// With the weight `logit_scale` of a checkpoint. Errors: those of `WeightScope::require`; corrupt when it
  /// is not finite.
  CLIPHead(const LayerOptions& options, const WeightScope& root);
  /// From what `get_config` gives. Errors: type, unsupported.
  static std::unique_ptr<CLIPHead> from_config(const LayerConfig& config);

  using Layer::call;
  using Layer::compute_output_shape;
  /// {images [I, E], texts [T, E]}, not normalised -> image logits [I, T]. Errors: mismatch.
  Tensor call(TensorViews inputs) override { return logits(inputs); }
  /// The same without the bookkeeping of a call. const = safe to share.
  Tensor logits(TensorViews inputs) const;
  /// exp of the weight.
  float logit_scale() const;
  /// [I, E] -> [I, any number of texts] (-1). Errors: mismatch.
  Shape compute_output_shape(const Shape& input_shape) const override;

  /// Adds the weight to `weights` under Hugging Face's name.
  void collect(Weights& weights) const;

 private:
  Variable* logit_scale_ = nullptr;
};

}  // namespace sightline::keras
