// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/openblas.h"

#include <cblas.h>
#include <dlfcn.h>

#include <cstdlib>
#include <memory>

namespace sightline {
namespace {

constexpr const char* kThreads = "OPENBLAS_NUM_THREADS";

// The variable is read while the library is loaded, and only then keeps it from starting threads; afterwards
// it is as it was, since child processes inherit it.
void* open_single_threaded() {
  const char* before = std::getenv(kThreads);
  const std::string saved = before == nullptr ? "" : before;
  setenv(kThreads, "1", 1);
  void* library = dlopen(SIGHTLINE_OPENBLAS, RTLD_NOW | RTLD_LOCAL);
  if (before == nullptr) {
    unsetenv(kThreads);
  } else {
    setenv(kThreads, saved.c_str(), 1);
  }
  return library;
}

}  // namespace

const OpenBlas* OpenBlas::load() {
  static const std::unique_ptr<const OpenBlas> loaded = []() -> std::unique_ptr<const OpenBlas> {
    void* library = open_single_threaded();
    if (library == nullptr || dlsym(library, "cblas_sgemm") == nullptr) return nullptr;
    return std::unique_ptr<const OpenBlas>(new OpenBlas(library));
  }();
  return loaded.get();
}

OpenBlas::OpenBlas(void* library) : sgemm_(dlsym(library, "cblas_sgemm")) {
  // Also when the process had loaded it already, with threads.
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
