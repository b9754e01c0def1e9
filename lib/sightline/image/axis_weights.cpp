// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/axis_weights.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sightline {

namespace {

double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

double bilinear(double x) {
  x = std::abs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

double hamming(double x) {
  x = std::abs(x);
  if (x == 0.0) {
    return 1.0;
  }
  if (x >= 1.0) {
    return 0.0;
  }
  x *= std::numbers::pi;
  return std::sin(x) / x * (0.54f + 0.46f * std::cos(x));  // Pillow's literals are floats
}

/// Keys 1981, a = -0.5.
double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) {
    return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  }
  return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
}

double sinc(double x) {
  if (x == 0.0) {
    return 1.0;
  }
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double lanczos(double x) { return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0; }

struct Filter {
  double (*function)(double);
  double support;
};

Filter filter_of(Resample filter) {
  switch (filter) {
    case Resample::lanczos:
      return {lanczos, 3.0};
    case Resample::bilinear:
      return {bilinear, 1.0};
    case Resample::box:
      return {box, 0.5};
    case Resample::hamming:
      return {hamming, 1.0};
    default:
      return {bicubic, 2.0};
  }
}

}  // namespace

AxisWeights::AxisWeights(Resample filter, std::int32_t source, std::int32_t target) : source_(source) {
  const Filter kernel = filter_of(filter);
  function_ = kernel.function;
  scale_ = static_cast<double>(source) / target;
  const double stretch = std::max(scale_, 1.0);
  support_ = kernel.support * stretch;
  inverse_ = 1.0 / stretch;
  const std::int32_t taps = std::min(static_cast<std::int32_t>(std::ceil(support_)) * 2 + 1, source);
  weights_.resize(static_cast<std::size_t>(taps));
}

AxisWeights::Output AxisWeights::output(std::int32_t i) {
  const double centre = (i + 0.5) * scale_;
  const std::int32_t first = std::max(static_cast<std::int32_t>(centre - support_ + 0.5), 0);
  const std::int32_t last = std::min(static_cast<std::int32_t>(centre + support_ + 0.5), source_);
  const std::span<double> weights = std::span(weights_).first(static_cast<std::size_t>(last - first));
  double total = 0.0;
  for (std::int32_t x = first; x < last; ++x) {
    const double value = function_((x - centre + 0.5) * inverse_);
    weights[static_cast<std::size_t>(x - first)] = value;
    total += value;
  }
  if (total != 0.0) {
    std::transform(weights.begin(), weights.end(), weights.begin(), [=](double w) { return w / total; });
  }
  return {first, weights};
}

}  // namespace sightline
