// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/kernels.h"

#include "sightline/image/resize_kernels.h"
#include "sightline/ops/gemm.h"
#include "sightline/ops/openblas.h"

namespace sightline {
namespace {

std::string name_of(SimdLevel level) {
  switch (level) {
    case SimdLevel::avx512:
      return "avx512";
    case SimdLevel::avx2:
      return "avx2";
    case SimdLevel::portable:
      break;
  }
  return "portable";
}

std::string describe(const OpenBlas* blas) {
  if (blas == nullptr) return "cannot be loaded";
  return blas->core().empty() ? "loaded" : blas->core();
}

}  // namespace

std::vector<KernelChoice> kernel_choices() {
  return {{"matrix products", gemm_backend("auto").description()},
          {"OpenBLAS", describe(OpenBlas::load())},
          {"image resizing", name_of(best_simd_level())}};
}

}  // namespace sightline
