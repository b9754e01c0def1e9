// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/elementwise.h"
#include "sightline/ops/float_matrix.h"
#include "sightline/ops/gemm_table.h"

namespace sightline {
namespace {

// The reference implementation that tests compare with: one loop per index, sums in double.
class ReferenceMatrix : public FloatMatrix {
 public:
  using FloatMatrix::FloatMatrix;
  void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
              Context& context) const override {
    const float* weights = values();
    const std::int64_t inner = in_features(), columns = out_features();
    context.pool.run(x.rows(), [&](std::int64_t r, int) {
      for (std::int64_t j = 0; j < columns; ++j) {
        double sum = 0;
        for (std::int64_t k = 0; k < inner; ++k) {
          sum += static_cast<double>(x.data()[r * inner + k]) * static_cast<double>(weights[j * inner + k]);
        }
        const auto product = static_cast<float>(sum);
        apply_epilogue(&product, y.data() + r * columns + j, 1, j, epilogue);
      }
    });
  }
};

class ReferenceBackend : public GemmBackend {
 public:
  std::string_view name() const override { return "reference"; }
  bool supported() const override { return true; }
  std::unique_ptr<PackedMatrix> pack(const StoredTensor& weights) const override {
    return std::make_unique<ReferenceMatrix>(weights);
  }
};

}  // namespace

const GemmBackend& reference_backend() {
  static const ReferenceBackend backend;
  return backend;
}

}  // namespace sightline
