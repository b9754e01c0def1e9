// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/openblas.h"

#include <cblas.h>
#include <dlfcn.h>

#include <cstdlib>
#include <memory>
#include <optional>

#include "sightline/base/cpu.h"

namespace sightline {
namespace {

// Gives an environment variable another value temporarily. The old value is restored afterwards, because
// child processes inherit it.
class TemporaryVariable {
 public:
  TemporaryVariable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value, 1);
  }
  ~TemporaryVariable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  TemporaryVariable(const TemporaryVariable&) = delete;
  TemporaryVariable& operator=(const TemporaryVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

constexpr const char* kCore = "OPENBLAS_CORETYPE";

// The best kernels of OpenBLAS within `features`, by their name in OPENBLAS_CORETYPE.
const char* core_within(CpuFeatures features) {
  if (features.has(CpuFeature::avx512)) return "SkylakeX";
  if (features.has(CpuFeature::avx2)) return "Haswell";
  if (features.has(CpuFeature::avx)) return "Sandybridge";
  return features.has(CpuFeature::sse42) ? "Nehalem" : "Prescott";
}

// OpenBLAS reads these variables while it is loaded; then it starts no threads and respects SIGHTLINE_CPU.
void* open_library() {
  const TemporaryVariable threads("OPENBLAS_NUM_THREADS", "1");
  std::optional<TemporaryVariable> core;
  const CpuFeatures features = usable_features();
  if (features != processor_features() && std::getenv(kCore) == nullptr) {
    core.emplace(kCore, core_within(features));
  }
  return dlopen(SIGHTLINE_OPENBLAS, RTLD_NOW | RTLD_LOCAL);
}

}  // namespace

const OpenBlas* OpenBlas::load() {
  static const std::unique_ptr<const OpenBlas> loaded = []() -> std::unique_ptr<const OpenBlas> {
    void* library = open_library();
    if (library == nullptr || dlsym(library, "cblas_sgemm") == nullptr) return nullptr;
    return std::unique_ptr<const OpenBlas>(new OpenBlas(library));
  }();
  return loaded.get();
}

OpenBlas::OpenBlas(void* library) : sgemm_(dlsym(library, "cblas_sgemm")) {
  // The process may already have loaded OpenBLAS with threads.
  if (void* set_threads = dlsym(library, "openblas_set_num_threads")) {
    reinterpret_cast<decltype(&openblas_set_num_threads)>(set_threads)(1);
  }
  if (void* name = dlsym(library, "openblas_get_corename")) {
    core_ = reinterpret_cast<decltype(&openblas_get_corename)>(name)();
  }
}

void OpenBlas::multiply_transposed(const BlasProduct& p) const {
  const auto size = [](std::int64_t value) { return static_cast<blasint>(value); };
  reinterpret_cast<decltype(&cblas_sgemm)>(sgemm_)(CblasRowMajor, CblasNoTrans, CblasTrans, size(p.rows),
                                                   size(p.columns), size(p.inner), 1.0F, p.a, size(p.lda),
                                                   p.b, size(p.ldb), 0.0F, p.c, size(p.ldc));
}

}  // namespace sightline
