// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/gemm_precision.h"

#include <vector>

#include "sightline/base/error.h"
#include "sightline/ops/gemm_table.h"
#include "sightline/ops/gemm_tile.h"
#include "sightline/tensor/dtype_conversion.h"

namespace sightline {
namespace {

// Multiplies rows that are rounded to bfloat16 first.
class RoundedRows : public PackedMatrix {
 public:
  explicit RoundedRows(std::unique_ptr<PackedMatrix> matrix)
      : matrix_(std::move(matrix)), layout_(DType::f32, matrix_->out_features(), matrix_->in_features()) {}
  std::int64_t in_features() const override { return layout_.in(); }
  std::int64_t out_features() const override { return layout_.out(); }

  void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
              Context& context) const override {
    Scratch::Frame frame(context.scratch);
    const TileRows rows = convert_rows(RowForm::rounded, x, layout_, nullptr, frame, context.pool);
    matrix_->linear({reinterpret_cast<const float*>(rows.data), x.shape()}, y, epilogue, context);
  }

 private:
  std::unique_ptr<PackedMatrix> matrix_;
  PanelLayout layout_;
};

// The same weights, rounded to float16 or bfloat16 on first use.
StoredTensor rounded(const StoredTensor& weights, DType type) {
  if (weights.dtype == type) return weights;
  return StoredTensor::deferred(type, weights.shape, [=](std::span<std::byte> out) {
    const Tensor values = to_float(weights);
    weights.drop_pages();
    const std::span<std::uint16_t> half(reinterpret_cast<std::uint16_t*>(out.data()), out.size() / 2);
    if (type == DType::f16) return float_to_f16(values.view().flat(), half);
    float_to_bf16(values.view().flat(), half);
  });
}

class PrecisionBackend : public GemmBackend {
 public:
  PrecisionBackend(const GemmBackend& backend, std::optional<DType> precision)
      : backend_(backend), precision_(precision) {}

  const GemmBackend& backend() const { return backend_; }
  std::optional<DType> precision() const { return precision_; }
  std::string_view name() const override { return backend_.name(); }
  std::string description() const override {
    const DType element = precision_.value_or(DType::f32);
    if (element == DType::f32) return backend_.description();
    const TileKernels* kernels = kernels_for(element);
    return (kernels == nullptr ? backend_.description() : std::string("native, ") + kernels->name) + ", " +
           std::string(dtype_name(element));
  }
  bool supported() const override { return backend_.supported(); }

  std::unique_ptr<PackedMatrix> pack(const StoredTensor& weights) const override {
    const StoredPanels* panels = weights.panels();
    const DType element = precision_.value_or(panels == nullptr ? DType::f32 : panels->layout.element());
    if (const TileKernels* kernels = kernels_for(element)) return make_tiled_matrix(weights, *kernels);
    switch (element) {
      case DType::f32:
        return backend_.pack(weights);
      case DType::f16:
        return backend_.pack(rounded(weights, element));
      default:
        return std::make_unique<RoundedRows>(backend_.pack(rounded(weights, element)));
    }
  }

 private:
  // The kernels of `native` for this type, or null if the backend multiplies.
  const TileKernels* kernels_for(DType element) const {
    const bool own = &backend_ == &native_backend() || element == DType::i8;
    return own ? best_tile_kernels(element) : nullptr;
  }

  const GemmBackend& backend_;
  std::optional<DType> precision_;
};

std::vector<PrecisionBackend> all_precisions() {
  std::vector<PrecisionBackend> all;
  for (const GemmBackend* backend : gemm_backends()) {
    all.emplace_back(*backend, std::nullopt);
    for (const DType type : {DType::f32, DType::f16, DType::bf16, DType::i8})
      all.emplace_back(*backend, type);
  }
  return all;
}

}  // namespace

const GemmBackend& gemm_backend(std::string_view name, std::optional<DType> precision) {
  static const std::vector<PrecisionBackend> table = all_precisions();
  const GemmBackend& backend = gemm_backend(name);
  for (const PrecisionBackend& entry : table) {
    if (&entry.backend() == &backend && entry.precision() == precision) return entry;
  }
  fail(ErrorCode::type, "precision",
       "is " + std::string(dtype_name(*precision)) + ", expected float32, float16, bfloat16 or int8");
}

}  // namespace sightline
