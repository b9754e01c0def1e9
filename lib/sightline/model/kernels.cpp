// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/kernels.h"

#include "sightline/image/resize_kernels.h"
#include "sightline/ops/gemm.h"

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

}  // namespace

std::vector<KernelChoice> kernel_choices() {
  std::vector<KernelChoice> choices = {{"matrix products", gemm_backend("auto").description()}};
  for (const GemmBackend* backend : gemm_backends()) {
    if (backend->name() == "openblas") choices.push_back({"OpenBLAS", backend->description()});
  }
  choices.push_back({"image resizing", name_of(best_simd_level())});
  return choices;
}

}  // namespace sightline
