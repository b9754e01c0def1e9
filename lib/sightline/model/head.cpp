// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/head.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/model/clip_model.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

// exp(88) = 1.7e38: logits of cosines up to 1, with their rounding errors, are finite.
constexpr float kMaxLogitScale = 88;

double sigmoid(double logit) { return 1 / (1 + std::exp(-logit)); }

float number_of(const WeightScope& root, std::string_view name, const Shape& shape) {
  const StoredTensor& stored = root.require(name, shape);
  check_finite(name, stored);
  return to_float(stored).data()[0];
}

Tensor normalized(TensorView<const float> rows) {
  Tensor copy(rows.shape());
  std::copy_n(rows.data(), rows.elements(), copy.data());
  l2_normalize(copy.view());
  return copy;
}

void normalized_cosines(TensorView<const float> images, TensorView<const float> texts,
                        TensorView<float> out) {
  const std::int64_t width = texts.shape().rank() == 0 ? 0 : texts.columns();
  check_rows("cosines", "image embeddings", images.shape(), first_size(images.shape()), width);
  check_rows("cosines", "text embeddings", texts.shape(), first_size(texts.shape()), width);
  check_rows("cosines", "an output", out.shape(), images.rows(), texts.rows());
  const Tensor image_rows = normalized(images), text_rows = normalized(texts);
  cosines(image_rows, text_rows, out.data(), texts.rows());
}

}  // namespace

void cosines(TensorView<const float> images, TensorView<const float> texts, float* out, std::int64_t stride) {
  dot_products(images, texts, out, stride);
}

void softmax(std::span<const double> logits, std::span<double> probabilities) {
  if (logits.empty()) return;
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) sum += probabilities[i] = std::exp(logits[i] - largest);
  for (double& probability : probabilities) probability /= sum;
}

Head::Head(const WeightScope& root, const HeadConfig& config) {
  const float value = number_of(root, "logit_scale", config.scalar);
  if (value > kMaxLogitScale) {
    std::string problem = "is ";
    append_float(problem, value);
    problem += ", expected at most ";
    append_float(problem, kMaxLogitScale);
    fail(ErrorCode::range, "logit_scale", problem + ", because logits are multiplied by its exponential");
  }
  logit_scale_ = std::exp(value);
  if (!config.logit_bias) return;
  logit_bias_ = number_of(root, "logit_bias", config.scalar);
  rule_ = ScoreRule::sigmoid;
}

Head Head::with_rule(ScoreRule rule) const {
  Head head = *this;
  head.rule_ = rule;
  return head;
}

void Head::probabilities(std::span<const float> cosines, std::vector<double>& out) const {
  out.resize(cosines.size());
  for (std::size_t i = 0; i < cosines.size(); ++i) out[i] = static_cast<double>(logit(cosines[i]));
  if (rule_ == ScoreRule::softmax) return softmax(out, out);
  std::ranges::transform(out, out.begin(), sigmoid);
}

float Head::probability(float cosine) const {
  return static_cast<float>(sigmoid(static_cast<double>(logit(cosine))));
}

Tensor cosines(TensorView<const float> images, TensorView<const float> texts) {
  Tensor result(Shape{first_size(images.shape()), first_size(texts.shape())});
  normalized_cosines(images, texts, result.view());
  return result;
}

void Head::operator()(TensorView<const float> images, TensorView<const float> texts,
                      TensorView<float> logits) const {
  // logits_per_image = cosine * self.logit_scale.exp() + self.logit_bias
  normalized_cosines(images, texts, logits);
  for (float& value : logits.flat()) value = logit(value);
}

}  // namespace sightline
