// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sightline/image/pixel_pipeline.h"

namespace sightline {

/// One dimension of a resampling: the source positions of each output position and their weights. Output i =
/// (sum over k < count[i] of weight(i)[k] * source[first[i] + k] + 2^21) >> 22, clipped to 0..255.
struct ResampleAxis {
  std::vector<std::int32_t> first;
  std::vector<std::int32_t> count;    ///< 0 if the output is 0 for any source
  std::vector<std::int32_t> weights;  ///< [outputs, taps], 22 fractional bits
  std::int32_t taps = 0;              ///< the largest count, at least 1

  std::int32_t size() const { return static_cast<std::int32_t>(first.size()); }
  std::span<const std::int32_t> weight(std::int32_t i) const {
    return std::span(weights).subspan(static_cast<std::size_t>(i) * static_cast<std::size_t>(taps),
                                      static_cast<std::size_t>(count[static_cast<std::size_t>(i)]));
  }
  /// The range of source positions that are used: [begin, end).
  std::int32_t begin() const;
  std::int32_t end() const;
};

/// Outputs [begin, end) of a side that is resized from `source` to `target` positions; equal sizes copy.
/// Source: Pillow 13.0.0 src/libImaging/Resample.c (precompute_coeffs, normalize_coeffs_8bpc) and, for
/// nearest, Geometry.c (ImagingScaleAffine), operation by operation in double.
ResampleAxis make_axis(Resample filter, std::int32_t source, std::int32_t target, std::int32_t begin,
                       std::int32_t end);

/// The same with PyTorch's weights, which are 16-bit numbers: they have as many fractional bits as the
/// largest weight of the whole side permits, and are stored here with zeros after these. `filter`: bilinear,
/// bicubic or lanczos. Source: PyTorch 2.13 UpSampleKernel.cpp (compute_index_ranges_int16_weights).
ResampleAxis make_torch_axis(Resample filter, std::int32_t source, std::int32_t target, std::int32_t begin,
                             std::int32_t end);

/// PyTorch has two kernels for nearest neighbours, which round differently: one for results of at most 128
/// rows and columns together, and one for larger ones, which is compiled with fused multiply-adds.
enum class NearestKernel { small, large };
inline constexpr std::int32_t kMaxSmallNearest = 128;
/// Outputs [begin, end) of a side that is resized by PyTorch's nearest-exact, in float. Source:
/// UpSampleKernel.cpp (nearest_exact_idx, HelperInterpNearestExact).
ResampleAxis make_nearest_exact_axis(std::int32_t source, std::int32_t target, std::int32_t begin,
                                     std::int32_t end, NearestKernel kernel);

/// The same axis for a source of `source` positions that is stored in reverse.
void reverse_source(ResampleAxis& axis, std::int32_t source);

}  // namespace sightline
