// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sightline/model/tower_config.h"
#include "sightline/ops/dot_products.h"
#include "sightline/tensor/tensor.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// out[i, t] = dot product of normalised rows, summed in double: a score depends only on its two rows, bit
/// for bit. Shapes: images [I, E], texts [T, E], out [I, T] with rows `stride` floats apart.
void cosines(TensorView<const float> images, TensorView<const float> texts, float* out, std::int64_t stride);
/// exp(x - max) / sum, in double. `probabilities` may be `logits`.
void softmax(std::span<const double> logits, std::span<double> probabilities);

/// How a list of logits becomes probabilities.
enum class ScoreRule {
  softmax,  ///< exp(logit) / sum of the list: they sum to 1
  sigmoid,  ///< 1 / (1 + exp(-logit)), each by itself
};

/// Combines the outputs of the towers: logits = exp(logit_scale) * cosine + logit_bias. Weights:
/// `logit_scale` and, if the config has it, `logit_bias`, one number each. A model with a bias was trained
/// with the sigmoid. Source:  transformers `CLIPModel.forward`, `SiglipModel.forward`.
class Head {
 public:
  /// `root` is the scope of the whole checkpoint. Errors: missing, mismatch, type; corrupt if a stored
  /// number is not finite; range if logits would not be.
  explicit Head(const WeightScope& root, const HeadConfig& config = {});
  explicit Head(float logit_scale) : logit_scale_(logit_scale) {}
  /// The exponential of the stored parameter.
  float logit_scale() const { return logit_scale_; }
  std::optional<float> logit_bias() const { return logit_bias_; }
  ScoreRule rule() const { return rule_; }
  /// The same head with another rule.
  Head with_rule(ScoreRule rule) const;

  float logit(float cosine) const {
    return logit_bias_ ? cosine * logit_scale_ + *logit_bias_ : cosine * logit_scale_;
  }
  /// The sigmoid of one logit, computed in double.
  float probability(float cosine) const;
  /// The probabilities of the logits of `cosines` by the rule, computed in double.
  void probabilities(std::span<const float> cosines, std::vector<double>& out) const;
  /// logits[i, t] = logit(cosine(image i, text t)). Shapes:  images [I, E], texts [T, E], not
  /// normalised; logits [I, T]. Errors: mismatch for other shapes.
  void operator()(TensorView<const float> images, TensorView<const float> texts,
                  TensorView<float> logits) const;

 private:
  float logit_scale_;
  std::optional<float> logit_bias_;
  ScoreRule rule_ = ScoreRule::softmax;
};

}  // namespace sightline
