// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/activation_recorder.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sightline {
namespace {

std::vector<float> largest_values(TensorView<const float> x) {
  std::vector<float> largest(static_cast<std::size_t>(x.columns()));
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const std::span<const float> values = x.row(row);
    for (std::size_t k = 0; k < largest.size(); ++k) largest[k] = std::max(largest[k], std::abs(values[k]));
  }
  return largest;
}

Tensor sample_of(TensorView<const float> x) {
  const std::int64_t step = (x.rows() + ActivationSite::kRows - 1) / ActivationSite::kRows;
  Tensor sample(Shape{step == 0 ? 0 : (x.rows() + step - 1) / step, x.columns()});
  for (std::int64_t row = 0; row < sample.shape()[0]; ++row)
    std::ranges::copy(x.row(row * step), sample.view().row(row).begin());
  return sample;
}

}  // namespace

class ActivationRecorder::Matrix : public PackedMatrix {
 public:
  Matrix(const ActivationRecorder& recorder, const StoredTensor& weights)
      : recorder_(recorder), weights_(weights), matrix_(recorder.backend_.pack(weights)) {}
  std::int64_t in_features() const override { return matrix_->in_features(); }
  std::int64_t out_features() const override { return matrix_->out_features(); }
  void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
              Context& context) const override {
    recorder_.record(weights_, x);
    matrix_->linear(x, y, epilogue, context);
  }

 private:
  const ActivationRecorder& recorder_;
  const StoredTensor& weights_;
  std::unique_ptr<PackedMatrix> matrix_;
};

std::unique_ptr<PackedMatrix> ActivationRecorder::pack(const StoredTensor& weights) const {
  return std::make_unique<Matrix>(*this, weights);
}

void ActivationRecorder::record(const StoredTensor& weights, TensorView<const float> x) const {
  ActivationSite site{{&weights}, largest_values(x), sample_of(x)};
  if (!sites_.empty()) {
    ActivationSite& last = sites_.back();
    const bool same = last.largest == site.largest && last.sample.shape() == site.sample.shape() &&
                      std::ranges::equal(last.sample.view().flat(), site.sample.view().flat());
    if (same) return last.matrices.push_back(&weights);
  }
  sites_.push_back(std::move(site));
}

}  // namespace sightline
