// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>

#include "sightline/ops/gemm.h"
#include "sightline/ops/gemm_tile.h"
#include "sightline/ops/int8_panels.h"

namespace sightline {

/// A weight matrix in panels: those of the file, or else panels made from its rows. The first products
/// make each float32 panel when they need it, so that a program that runs once does not pay for more. A later
/// product makes all panels and keeps them; the mapped pages they came from are then released, so that the
/// model is never in memory twice. Panels of other types are all made by the first product.
class TiledMatrix : public PackedMatrix {
 public:
  /// As `make_tiled_matrix`.
  TiledMatrix(const StoredTensor& weights, const TileKernels& kernels);

  std::int64_t in_features() const override { return layout_.in(); }
  std::int64_t out_features() const override { return layout_.out(); }
  void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
              Context& context) const override;

  const StoredTensor& weights() const { return weights_; }
  const PanelLayout& layout() const { return layout_; }
  const TileKernels& kernels() const { return kernels_; }
  /// What int8 panels mean; set when `ready_panels` has returned them.
  const PanelScales& scales() const { return scales_; }
  /// Whether the panels are those of the file.
  bool in_place() const { return in_place_; }
  /// All panels, available at once if the file holds them, else after a few uses; null before that and
  /// while another thread makes them. Panels of other types than float32 are made and kept at once, and so
  /// are those of a deferred tensor, whose rows are computed only once and not kept.
  const std::byte* ready_panels(Context& context) const;
  /// Releases the pages of the rows again if a product has read them while another thread made the panels.
  void release_rows() const;
  /// Panel `index` of all panels.
  ByteView panel(const std::byte* panels, std::int64_t index) const;

 protected:
  void linear_all(std::span<const Product> products, Context& context) const override;

 private:
  const std::byte* pack(Context& context) const;

  StoredTensor weights_;
  PanelLayout layout_;
  const TileKernels& kernels_;
  bool in_place_ = false;
  mutable std::atomic<int> uses_{0};
  mutable std::mutex packing_;
  mutable Tensor packed_;
  mutable std::unique_ptr<Int8Panels> quantized_;
  mutable PanelScales scales_;  // set before `ready_`
  mutable std::atomic<const std::byte*> ready_{nullptr};
};

/// Computes products by matrices that are all TiledMatrix.
void multiply_tiled(std::span<const Product> products, Context& context);

}  // namespace sightline
