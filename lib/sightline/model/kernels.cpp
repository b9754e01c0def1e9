// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/kernels.h"

#include "sightline/base/by_cpu.h"
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

// The instruction sets in use, and whether SIGHTLINE_CPU excludes others that the processor has.
std::string usable_names() {
  const CpuFeatures features = usable_features();
  const bool limited = features != processor_features();
  return features.names() + (limited ? " (limited by SIGHTLINE_CPU)" : "");
}

}  // namespace

std::vector<KernelChoice> kernel_choices() {
  std::vector<KernelChoice> choices = {{"instruction sets", usable_names()},
                                       {"matrix products", gemm_backend("auto").description()}};
  for (const GemmBackend* backend : gemm_backends()) {
    if (backend->name() != "openblas") continue;
    const std::string description = backend->description();  // "openblas, Haswell"
    const std::size_t comma = description.find(", ");
    choices.push_back({"OpenBLAS", comma == std::string::npos ? description : description.substr(comma + 2)});
  }
  choices.push_back({"attention and norms", std::string(by_cpu_level(usable_features()))});
  choices.push_back({"image resizing", name_of(best_simd_level())});
  return choices;
}

}  // namespace sightline
