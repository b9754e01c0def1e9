// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sightline/ops/dot_products.h"
#include "sightline/tensor/tensor.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// out[i, t] = dot product of normalised rows, summed in double: a score depends only on its two rows, bit
/// for bit. Shapes: images [I, E], texts [T, E], out [I, T] with rows `stride` floats apart.
void cosines(TensorView<const float> images, TensorView<const float> texts, float* out, std::int64_t stride);
/// exp(x - max) / sum, in double. `probabilities` may be `logits`.
void softmax(std::span<const double> logits, std::span<double> probabilities);

/// Combines the outputs of the towers: logits = exp(logit_scale) * cosine. Weight: `logit_scale`, a scalar.
/// Source:  transformers `CLIPModel.forward`.
class Head {
 public:
  /// `root` is the scope of the whole checkpoint. Errors: missing, mismatch, type; corrupt if the stored
  /// number is not finite; range if logits would not be.
  explicit Head(const WeightScope& root);
  /// The exponential of the stored parameter.
  float logit_scale() const { return logit_scale_; }
  /// logits[i, t] = logit_scale * cosine(image i, text t). Shapes:  images [I, E], texts [T, E], not
  /// normalised; logits [I, T]. Errors: mismatch for other shapes.
  void operator()(TensorView<const float> images, TensorView<const float> texts,
                  TensorView<float> logits) const;

 private:
  float logit_scale_;
};

}  // namespace sightline
