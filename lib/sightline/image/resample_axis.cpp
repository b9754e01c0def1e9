// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resample_axis.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sightline/image/axis_weights.h"

namespace sightline {

namespace {

constexpr int kFractionalBits = 22;
constexpr std::int32_t kOne = 1 << kFractionalBits;

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

/// Rounds half away from zero to `bits` fractional bits.
std::int32_t fixed_point(double weight, int bits) {
  const std::int32_t one = 1 << bits;
  return static_cast<std::int32_t>(weight < 0 ? -0.5 + weight * one : 0.5 + weight * one);
}

/// The number of fractional bits that the weights of a side have in PyTorch: as many as 16-bit numbers hold.
int torch_precision(AxisWeights& axis, std::int32_t target) {
  constexpr double kLimit = 1 << 15;
  // With a weight of almost 1, the number is 14; it would be smaller only from 2 on.
  constexpr double kAlmostOne = 1.0 - 1.0 / (2 * kLimit);
  double largest = 0.0;
  for (std::int32_t i = 0; i < target && largest < kAlmostOne; ++i) {
    const std::span<const double> weights = axis.output(i).weights;
    largest = std::accumulate(weights.begin(), weights.end(), largest,
                              [](double a, double b) { return std::max(a, b); });
  }
  int bits = 0;
  while (bits < kFractionalBits && std::trunc(0.5 + largest * (2 << bits)) < kLimit) {
    ++bits;
  }
  return bits;
}

ResampleAxis rounded_axis(AxisWeights& weights, std::int32_t begin, std::int32_t end, int bits) {
  ResampleAxis axis = empty_axis(end - begin, weights.taps());
  for (std::int32_t i = begin; i < end; ++i) {
    const AxisWeights::Output output = weights.output(i);
    const auto out = static_cast<std::size_t>(i - begin);
    axis.first[out] = output.first;
    axis.count[out] = static_cast<std::int32_t>(output.weights.size());
    std::transform(output.weights.begin(), output.weights.end(),
                   axis.weights.begin() + static_cast<std::ptrdiff_t>(out) * axis.taps,
                   [=](double w) { return fixed_point(w, bits) * (1 << (kFractionalBits - bits)); });
  }
  return axis;
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
  AxisWeights weights(filter, source, target);
  return rounded_axis(weights, begin, end, kFractionalBits);
}

ResampleAxis make_torch_axis(Resample filter, std::int32_t source, std::int32_t target, std::int32_t begin,
                             std::int32_t end) {
  if (source == target) {
    return copy_axis(begin, end);
  }
  AxisWeights weights(filter, source, target);
  return rounded_axis(weights, begin, end, torch_precision(weights, target));
}

ResampleAxis make_nearest_exact_axis(std::int32_t source, std::int32_t target, std::int32_t begin,
                                     std::int32_t end, NearestKernel kernel) {
  ResampleAxis axis = copy_axis(begin, end);
  const float scale = static_cast<float>(source) / static_cast<float>(target);
  for (std::int32_t i = begin; i < end; ++i) {
    const float centre = static_cast<float>(i) + 0.5F;
    const float at = kernel == NearestKernel::small ? centre * scale
                                                    : std::max(std::fma(scale, centre, -0.5F), 0.0F) + 0.5F;
    axis.first[static_cast<std::size_t>(i - begin)] = std::min(static_cast<std::int32_t>(at), source - 1);
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
