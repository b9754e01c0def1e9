// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/error.h"
#include "sightline/ops/gemm_table.h"
#include "sightline/ops/gemm_tile.h"

namespace sightline {
namespace {

// The kernels for a matrix as it is stored: those of its panels, or those of float32 if it has none.
const TileKernels* kernels_for(const StoredTensor* weights) {
  if (weights != nullptr && weights->panels() != nullptr) {
    if (const TileKernels* kernels = best_tile_kernels(weights->panels()->layout.element())) return kernels;
  }
  return best_tile_kernels(DType::f32);
}

class NativeBackend : public GemmBackend {
 public:
  std::string_view name() const override { return "native"; }
  std::string description() const override {
    const TileKernels* kernels = kernels_for(nullptr);
    return kernels == nullptr ? "native" : std::string("native, ") + kernels->name;
  }
  bool supported() const override { return kernels_for(nullptr) != nullptr; }
  std::unique_ptr<PackedMatrix> pack(const StoredTensor& weights) const override {
    const TileKernels* kernels = kernels_for(&weights);
    if (kernels == nullptr) {
      fail(ErrorCode::unsupported, "native", "this build has no native kernels for this processor");
    }
    return make_tiled_matrix(weights, *kernels);
  }
};

}  // namespace

const GemmBackend& native_backend() {
  static const NativeBackend backend;
  return backend;
}

}  // namespace sightline
