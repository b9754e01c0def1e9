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

/// The largest absolute weight of each input of a matrix [out, ...]. Errors: type if the weights are not
/// floating-point; range for an empty matrix.
std::vector<float> largest_weights(const StoredTensor& weights);

/// Factors of inputs that even out their activations: an input with large activations (an outlier channel)
/// would leave few steps to the other inputs of its rows, so its activations are divided by
/// max |x|^alpha / max |w|^(1 - alpha), and its weights multiplied. `weights` and `activations` [in] are the
/// largest absolute values of each input. Source: Xiao and others 2023, SmoothQuant, equation 4. Errors:
/// mismatch for different sizes.
std::vector<float> smoothing_factors(std::span<const float> weights, std::span<const float> activations,
                                     float alpha);
/// Factors of inputs are in this range.
inline constexpr float kMinFactor = 0x1p-20F, kMaxFactor = 0x1p20F;

/// Quantizes a weight matrix [out, ...]; `factors` as for Int8Panels. Errors: type if the weights are not
/// floating-point; those of Int8Panels.
Int8Panels quantize_panels(const StoredTensor& weights, std::vector<float> factors = {});

/// How far products with `panels` are from exact ones. `x` [rows, in] are sample activations, `exact`
/// [rows, out] their products with the weights before these were quantized. The result is the root mean
/// square of the relative errors of the rows; infinity if it cannot be computed. A matrix whose error exceeds
/// `kMaxProductError` is better not quantized. Errors: mismatch for other shapes.
double product_error(const Int8Panels& panels, TensorView<const float> x, TensorView<const float> exact);
inline constexpr double kMaxProductError = 0.05;

}  // namespace sightline
