// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <string>

#include "sightline/base/error.h"
#include "sightline/ops/elementwise.h"
#include "sightline/ops/float_matrix.h"
#include "sightline/ops/gemm_table.h"
#include "sightline/ops/matmul.h"
#include "sightline/ops/openblas.h"

namespace sightline {
namespace {

constexpr std::int64_t kChunk = 128;  // columns per call; the threads of the pool share the chunks
// OpenBLAS takes another code path, which gives other bits, for smaller products.
constexpr std::int64_t kSmallProduct = 100 * 100 * 100;
constexpr std::int64_t kMaxPadding = 64;

// Kernels whose rows depend on their position in the block unless the block has exactly 4 or 8 rows (measured
// on 0.3.21: all Haswell and Zen kernels; the AVX-512, Sandybridge and Nehalem kernels do not).
bool needs_row_blocks(const std::string& core) {
  return core != "SkylakeX" && core != "Cooperlake" && core != "SapphireRapids" && core != "Sandybridge" &&
         core != "Nehalem";
}

// A weight matrix [out, in] in its stored layout, multiplied from the right and transposed; nothing is packed
// in advance.
class OpenBlasMatrix : public FloatMatrix {
 public:
  OpenBlasMatrix(const StoredTensor& weights, const OpenBlas& blas)
      : FloatMatrix(weights), blas_(blas), in_row_blocks_(needs_row_blocks(blas.core())) {}
  void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
              Context& context) const override {
    const std::int64_t columns = out_features(), rows = x.rows();
    const float* weights = values();
    Scratch::Frame frame(context.scratch);
    const std::int64_t padded = padded_rows(rows);
    const TensorView<const float> input = padded == rows ? x : pad(x, padded, frame);
    const TensorView<float> products = frame.take(Shape{context.pool.size(), padded * kChunk});
    context.pool.run((columns + kChunk - 1) / kChunk, [&](std::int64_t index, int worker) {
      const std::int64_t first = index * kChunk, count = std::min(kChunk, columns - first);
      float* product = products.row(worker).data();
      multiply(input.data(), padded, weights + first * in_features(), count, product);
      for (std::int64_t r = 0; r < rows; ++r) {
        apply_epilogue(product + r * kChunk, y.data() + r * columns + first, count, first, epilogue);
      }
    });
  }

 private:
  // So few columns and so little depth that padding cannot avoid OpenBLAS's small-matrix path.
  bool is_small() const {
    const std::int64_t last = out_features() % kChunk == 0 ? kChunk : out_features() % kChunk;
    return last * in_features() * kMaxPadding <= kSmallProduct;
  }
  std::int64_t padded_rows(std::int64_t rows) const {
    if (is_small()) return rows;
    if (in_row_blocks_) return (rows + 7) / 8 * 8;
    const std::int64_t last = out_features() % kChunk == 0 ? kChunk : out_features() % kChunk;
    return std::max({rows, std::int64_t{2}, kSmallProduct / (last * in_features()) + 1});
  }
  static TensorView<const float> pad(TensorView<const float> x, std::int64_t rows, Scratch::Frame& frame) {
    const TensorView<float> padded = frame.take(Shape{rows, x.columns()});
    std::copy(x.flat().begin(), x.flat().end(), padded.data());
    std::fill(padded.data() + x.elements(), padded.data() + padded.elements(), 0.0F);
    return padded;
  }
  void multiply(const float* x, std::int64_t rows, const float* weights, std::int64_t columns,
                float* product) const {
    const std::int64_t inner = in_features();
    if (is_small()) {
      matmul_nt(x, weights, product, {rows, columns, inner, inner, inner, kChunk});
      return;
    }
    const std::int64_t block = in_row_blocks_ ? 8 : rows;
    for (std::int64_t r = 0; r < rows; r += block) {
      blas_.multiply_transposed(
          {block, columns, inner, x + r * inner, inner, weights, inner, product + r * kChunk, kChunk});
    }
  }

  const OpenBlas& blas_;
  bool in_row_blocks_;
};

class OpenBlasBackend : public GemmBackend {
 public:
  std::string_view name() const override { return "openblas"; }
  std::string description() const override {
    const OpenBlas* blas = OpenBlas::load();
    if (blas == nullptr) return "openblas, cannot be loaded";
    return blas->core().empty() ? "openblas" : "openblas, " + blas->core();
  }
  bool supported() const override { return OpenBlas::load() != nullptr; }
  std::unique_ptr<PackedMatrix> pack(const StoredTensor& weights) const override {
    const OpenBlas* blas = OpenBlas::load();
    if (blas == nullptr)
      fail(ErrorCode::unsupported, "openblas", "the OpenBLAS shared library cannot be loaded");
    return std::make_unique<OpenBlasMatrix>(weights, *blas);
  }
};

}  // namespace

const GemmBackend& openblas_backend() {
  static const OpenBlasBackend backend;
  return backend;
}

}  // namespace sightline
