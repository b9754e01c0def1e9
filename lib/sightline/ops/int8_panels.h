// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// A weight matrix as int8 panels in memory, with a scale for each output.
class Int8Panels {
 public:
  /// Nothing is quantized yet; `set_panel` is called for every panel. `factors` [in] or empty: the
  /// activations are multiplied by them, and the weights divided. Errors: as PanelLayout; range for more than
  /// PanelScales::kMaxInputs inputs; mismatch for another number of factors.
  Int8Panels(std::int64_t out, std::int64_t in, std::vector<float> factors = {});
  /// The panels of a matrix [out, in] that has been quantized: `scales[n]` times its integers are the weights
  /// of output n. Errors: as above; mismatch for another number of scales.
  static Int8Panels from_rows(TensorView<const std::int8_t> rows, std::span<const float> scales);

  const PanelLayout& layout() const { return layout_; }
  ByteView bytes() const { return bytes_.bytes(); }
  PanelScales scales() const { return {column_scales_, column_sums_, factors_}; }
  /// A tensor of these panels; this object must outlive it. Errors: as StoredTensor::from_panels.
  StoredTensor stored(const Shape& shape) const;

  /// Quantizes a float32 panel [in, layout().width(index)], which is overwritten where there are factors. The
  /// scale of an output is its largest absolute weight / 127, and weights are rounded to nearest even; the
  /// scale is NaN if a weight is not finite. Panels may be set from several threads.
  void set_panel(std::int64_t index, float* panel);

 private:
  PanelLayout layout_;
  Tensor bytes_;
  std::vector<float> column_scales_, factors_;
  std::vector<std::int32_t> column_sums_;
};

/// Quantizes a weight matrix [out, ...]. `maxima` [in], unless it is empty, are the largest absolute
/// activations seen in each input: an input with large activations (an outlier channel) would leave few steps
/// to the other inputs of its rows, so its activations are divided by max |x|^alpha / max |w|^(1 - alpha),
/// and its weights multiplied. Source: Xiao and others 2023, SmoothQuant, equation 4. Errors: type if the
/// weights are not floating-point; mismatch for another number of maxima; those of Int8Panels.
Int8Panels quantize_panels(const StoredTensor& weights, std::span<const float> maxima = {},
                           float alpha = 0.5F);

/// How far a product with `panels` is from the product with `weights`, for sample activations x [rows, in]:
/// the root of the sum of squared differences, divided by that of the exact outputs; infinity if it cannot be
/// computed. A layer
/// whose error exceeds `kMaxProductError` is better kept in bfloat16. Errors: mismatch for other shapes.
double product_error(const StoredTensor& weights, const Int8Panels& panels, TensorView<const float> x);
inline constexpr double kMaxProductError = 0.05;

}  // namespace sightline
