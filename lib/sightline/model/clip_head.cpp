#include "sightline/model/clip_head.h"

#include <algorithm>
#include <cmath>

#include "sightline/model/encoder.h"

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

void CLIPHead::operator()(TensorView<const float> images, TensorView<const float> texts,
                          TensorView<float> logits) const {
  const std::int64_t width = images.shape().rank() == 0 ? 0 : images.columns();
  check_rows(name(), "images", images.shape(), first_size(images.shape()), width);
  check_rows(name(), "texts", texts.shape(), first_size(texts.shape()), width);
  check_rows(name(), "logits", logits.shape(), images.rows(), texts.rows());
  const auto normalized = [](TensorView<const float> rows) {
    Tensor copy(rows.shape());
    std::copy_n(rows.data(), rows.elements(), copy.data());
    l2_normalize(copy.view());
    return copy;
  };
  const Tensor seen = normalized(images), read = normalized(texts);
  for (std::int64_t i = 0; i < images.rows(); ++i) {
    for (std::int64_t t = 0; t < texts.rows(); ++t) {
      logits.row(i)[static_cast<std::size_t>(t)] =
          logit_scale_ * cosine(seen.view().row(i), read.view().row(t));
    }
  }
}

Shape CLIPHead::compute_output_shape(const Shape& input_shape) const { return Shape{input_shape[0], -1}; }

void CLIPHead::weights_changed() { logit_scale_ = std::exp(own_weights().front()->item()); }

}  // namespace sightline
