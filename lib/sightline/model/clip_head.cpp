#include "sightline/model/clip_head.h"

#include <algorithm>
#include <cmath>

namespace sightline {

void l2_normalize(TensorView<float> rows) {
  for (std::int64_t r = 0; r < rows.rows(); ++r) {
    const std::span<float> row = rows.row(r);
    double sum = 0;
    for (const float value : row) sum += static_cast<double>(value) * static_cast<double>(value);
    if (sum == 0) continue;
    const double scale = 1.0 / std::sqrt(sum);
    for (float& value : row) value = static_cast<float>(static_cast<double>(value) * scale);
  }
}

float cosine(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return static_cast<float>(sum);
}

void softmax(std::span<const double> logits, std::span<double> probabilities) {
  if (logits.empty()) return;
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) sum += probabilities[i] = std::exp(logits[i] - largest);
  for (double& probability : probabilities) probability /= sum;
}

CLIPHead::CLIPHead(const WeightScope& root) : Layer("clip_head") {
  logit_scale_ = std::exp(to_float(add_weight(root, "logit_scale", Shape{})).data()[0]);
}

}  // namespace sightline
