// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/quantize_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/model/activation_recorder.h"
#include "sightline/model/packed_model.h"
#include "sightline/model/self_check.h"
#include "sightline/ops/gemm_precision.h"
#include "sightline/tensor/dtype_conversion.h"

namespace sightline {
namespace {

constexpr std::int64_t kProbeImages = 4, kProbeTexts = 16;

Tensor embed(const Probes& probes, const Weights& weights, const ModelConfig& config,
             const GemmBackend& backend, ThreadPool& pool) {
  Scratch scratch;
  Context context{pool, scratch};
  return embed(probes, Towers(WeightScope(weights), config, backend), config.projection_dim, context);
}

// The matrices of a site, quantized with the same factors, and the errors of their products.
struct Candidate {
  std::vector<Int8Panels> matrices;
  std::vector<double> errors;
  double total = 0;  ///< sum of squares
};

// What is known about a site, from which candidates are made.
class Site {
 public:
  Site(const ActivationSite& activations, const GemmBackend& exact) : activations_(activations) {
    ThreadPool pool(1);
    Scratch scratch;
    Context context{pool, scratch};
    largest_weights_.resize(activations.largest.size());
    for (const StoredTensor* matrix : activations.matrices) {
      const std::vector<float> largest = largest_weights(*matrix);
      std::ranges::transform(largest, largest_weights_, largest_weights_.begin(),
                             [](float a, float b) { return std::max(a, b); });
      products_.emplace_back(Shape{activations.sample.shape()[0], matrix->shape[0]});
      exact.pack(*matrix)->linear(activations.sample, products_.back().view(), {}, context);
    }
  }

  /// alpha 0: without factors.
  Candidate candidate(float alpha) const {
    std::vector<float> factors;
    if (alpha > 0) factors = smoothing_factors(largest_weights_, activations_.largest, alpha);
    Candidate result;
    for (std::size_t i = 0; i < products_.size(); ++i) {
      result.matrices.push_back(quantize_panels(*activations_.matrices[i], factors));
      result.errors.push_back(product_error(result.matrices.back(), activations_.sample, products_[i]));
      result.total += result.errors.back() * result.errors.back();
    }
    return result;
  }

 private:
  const ActivationSite& activations_;
  std::vector<float> largest_weights_;
  std::vector<Tensor> products_;  ///< exact ones, of the sample with each matrix
};

Candidate best_candidate(const ActivationSite& activations, const GemmBackend& exact) {
  constexpr std::array kAlphas = {0.35F, 0.5F, 0.65F, 0.8F};
  // Factors cost a multiplication for each activation, so they must be worth it.
  constexpr double kWorth = 0.9;
  const Site site(activations, exact);
  Candidate best = site.candidate(0);
  const double limit = best.total * kWorth;
  for (const float alpha : kAlphas) {
    Candidate candidate = site.candidate(alpha);
    if (candidate.total < std::min(limit, best.total)) best = std::move(candidate);
  }
  return best;
}

StoredTensor rounded_to_f16(const StoredTensor& tensor) {
  if (tensor.dtype == DType::f16) return tensor;
  return StoredTensor::deferred(DType::f16, tensor.shape, [=](std::span<std::byte> out) {
    const Tensor values = to_float(tensor);
    float_to_f16(values.view().flat(), {reinterpret_cast<std::uint16_t*>(out.data()), out.size() / 2});
  });
}

// The weights as the packed file will have them.
Weights packed_weights(const Weights& weights, const ModelConfig& config, const QuantizedContent& content) {
  Weights result;
  for (const PackedTensor& tensor : packed_tensors(config)) {
    if (tensor.role == PackedRole::probes) continue;
    const StoredTensor& source = weights.require(tensor.name, tensor.shape);
    const auto at = content.matrices.find(tensor.name);
    if (at != content.matrices.end()) {
      result.add(tensor.name, at->second.stored(tensor.shape));
    } else {
      result.add(tensor.name, tensor.role == PackedRole::vector ? source : rounded_to_f16(source));
    }
  }
  return result;
}

}  // namespace

QuantizedContent quantize_model(const Weights& weights, const ModelConfig& config, ThreadPool& pool) {
  check_finite(weights, "");
  const GemmBackend& exact = gemm_backend("auto", DType::f32);
  const ActivationRecorder recorder(exact);
  embed(make_probes(config, kProbeImages, kProbeTexts, 1), weights, config, recorder, pool);
  const std::vector<ActivationSite>& sites = recorder.sites();
  std::vector<Candidate> candidates(sites.size());
  pool.run(std::ssize(sites), [&](std::int64_t index, int) {
    const auto i = static_cast<std::size_t>(index);
    if (std::ssize(sites[i].largest) <= PanelScales::kMaxInputs)
      candidates[i] = best_candidate(sites[i], exact);
  });

  std::map<const StoredTensor*, std::string> names;
  for (const std::string& name : weights.names()) names.emplace(weights.find(name), name);
  QuantizedContent content;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    for (std::size_t m = 0; m < candidates[i].matrices.size(); ++m) {
      if (candidates[i].errors[m] > kMaxProductError) continue;
      content.matrices.emplace(names.at(sites[i].matrices[m]), std::move(candidates[i].matrices[m]));
    }
  }
  const Probes probes = check_probes(config);
  content.probe_embeddings = embed(probes, weights, config, exact, pool);
  const Tensor quantized = embed(probes, packed_weights(weights, config, content), config,
                                 gemm_backend("auto", std::nullopt), pool);
  content.cosine = lowest_cosine(content.probe_embeddings, quantized);
  if (std::isnan(content.cosine)) {
    fail(ErrorCode::corrupt, "weights", "are so large that they produce an embedding that is not finite");
  }
  return content;
}

}  // namespace sightline
