// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resample_axis.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sightline {

namespace {

constexpr std::int32_t kOne = 1 << 22;

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

ResampleAxis empty_axis(std::int32_t outputs, std::int32_t taps) {
  const auto n = static_cast<std::size_t>(outputs);
  ResampleAxis axis;
  axis.taps = taps;
  axis.first.resize(n);
  axis.count.resize(n);
  axis.weights.resize(n * static_cast<std::size_t>(taps));
  return axis;
}

ResampleAxis copy_axis(std::int32_t begin, std::int32_t end) {
  ResampleAxis axis = empty_axis(end - begin, 1);
  for (std::size_t i = 0; i < axis.first.size(); ++i) {
    axis.first[i] = begin + static_cast<std::int32_t>(i);
  }
  std::fill(axis.count.begin(), axis.count.end(), 1);
  std::fill(axis.weights.begin(), axis.weights.end(), kOne);
  return axis;
}

/// Pillow accumulates the step from position to position, including rounding errors.
ResampleAxis nearest_axis(std::int32_t source, std::int32_t target, std::int32_t begin, std::int32_t end) {
  ResampleAxis axis = empty_axis(end - begin, 1);
  const double step = static_cast<double>(source) / target;
  double position = step * 0.5;
  for (std::int32_t i = 0; i < end; ++i, position += step) {
    const auto at = static_cast<std::int32_t>(position);
    if (i >= begin && at < source) {
      const auto out = static_cast<std::size_t>(i - begin);
      axis.first[out] = at;
      axis.count[out] = 1;
      axis.weights[out] = kOne;
    }
  }
  return axis;
}

std::int32_t fixed_point(double weight) {
  return static_cast<std::int32_t>(weight < 0 ? -0.5 + weight * kOne : 0.5 + weight * kOne);
}

}  // namespace

std::int32_t ResampleAxis::begin() const {
  std::int32_t least = 0;
  bool any = false;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (count[i] > 0) {
      least = any ? std::min(least, first[i]) : first[i];
      any = true;
    }
  }
  return least;
}

std::int32_t ResampleAxis::end() const {
  std::int32_t max_end = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    max_end = std::max(max_end, first[i] + count[i]);
  }
  return max_end;
}

ResampleAxis make_axis(Resample filter, std::int32_t source, std::int32_t target, std::int32_t begin,
                       std::int32_t end) {
  if (source == target) {
    return copy_axis(begin, end);
  }
  if (filter == Resample::nearest) {
    return nearest_axis(source, target, begin, end);
  }
  const Filter kernel = filter_of(filter);
  const double scale = static_cast<double>(source) / target;
  const double stretch = std::max(scale, 1.0);
  const double support = kernel.support * stretch;
  const double inverse = 1.0 / stretch;
  ResampleAxis axis =
      empty_axis(end - begin, std::min(static_cast<std::int32_t>(std::ceil(support)) * 2 + 1, source));
  std::vector<double> w(static_cast<std::size_t>(axis.taps));
  for (std::int32_t i = begin; i < end; ++i) {
    const double centre = (i + 0.5) * scale;
    const std::int32_t first = std::max(static_cast<std::int32_t>(centre - support + 0.5), 0);
    const std::int32_t last = std::min(static_cast<std::int32_t>(centre + support + 0.5), source);
    double total = 0.0;
    for (std::int32_t x = first; x < last; ++x) {
      const double value = kernel.function((x - centre + 0.5) * inverse);
      w[static_cast<std::size_t>(x - first)] = value;
      total += value;
    }
    const auto out = static_cast<std::size_t>(i - begin);
    axis.first[out] = first;
    axis.count[out] = last - first;
    for (std::size_t k = 0; k < static_cast<std::size_t>(last - first); ++k) {
      axis.weights[out * w.size() + k] = fixed_point(total != 0.0 ? w[k] / total : w[k]);
    }
  }
  return axis;
}

void reverse_source(ResampleAxis& axis, std::int32_t source) {
  for (std::size_t i = 0; i < axis.first.size(); ++i) {
    const auto row = axis.weights.begin() + static_cast<std::ptrdiff_t>(i) * axis.taps;
    std::reverse(row, row + axis.count[i]);
    axis.first[i] = axis.count[i] == 0 ? 0 : source - axis.first[i] - axis.count[i];
  }
}

}  // namespace sightline
