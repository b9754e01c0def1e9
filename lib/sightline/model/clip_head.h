// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sightline/nn/layer.h"

namespace sightline {

/// Divides each row by its L2 norm (summed in double). A row of zeros stays zeros.
void l2_normalize(TensorView<float> rows);
/// out[i, t] = dot product of normalised rows, summed in double: a score's bits depend on its two rows alone.
/// Shapes: images [I, E], texts [T, E], out [I, T] with rows `stride` floats apart.
void cosines(TensorView<const float> images, TensorView<const float> texts, float* out, std::int64_t stride);
/// exp(x - max) / sum, in double. `probabilities` may be `logits`.
void softmax(std::span<const double> logits, std::span<double> probabilities);

/// Where the towers meet: logits = exp(logit_scale) * cosine.
/// Source:  KerasCV `CLIPHead`; transformers `CLIPModel.forward`. KerasCV divides by the norm of the whole
/// batch; here each row is divided by its own, as in CLIP.
class CLIPHead : public Layer {
 public:
  explicit CLIPHead(const WeightScope& root);
  /// exp of the stored parameter.
  float logit_scale() const { return logit_scale_; }
  /// logits[i, t] = logit_scale * cosine(image i, text t). Shapes:  images [I, E], texts [T, E], not
  /// normalised; logits [I, T]. Errors: mismatch for other shapes.
  void operator()(TensorView<const float> images, TensorView<const float> texts,
                  TensorView<float> logits) const;
  /// [I, E] -> [I, any number of texts] (-1).
  Shape compute_output_shape(const Shape& input_shape) const override;

 private:
  void weights_changed() override;

  float logit_scale_;
};

}  // namespace sightline
