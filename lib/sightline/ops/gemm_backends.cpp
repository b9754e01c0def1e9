// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "sightline/base/error.h"
#include "sightline/ops/gemm.h"
#include "sightline/ops/gemm_table.h"

namespace sightline {

void PackedMatrix::linear_all(std::span<const Product> products, Context& context) const {
  for (const Product& product : products)
    product.matrix->linear(product.x, product.y, product.epilogue, context);
}

void linear(std::span<const Product> products, Context& context) {
  if (!products.empty()) products.front().matrix->linear_all(products, context);
}

const std::vector<const GemmBackend*>& gemm_backends() {
  static const std::vector<const GemmBackend*> table = {&native_backend(),
#ifdef SIGHTLINE_OPENBLAS  // not defined when this was built without it
                                                        &openblas_backend(),
#endif
                                                        &reference_backend()};
  return table;
}

const GemmBackend& gemm_backend(std::string_view name) {
  std::string known = "auto";
  for (const GemmBackend* backend : gemm_backends()) {
    if (name == "auto" && backend->supported()) return *backend;
    if (backend->name() == name) {
      if (backend->supported()) return *backend;
      fail(ErrorCode::unsupported, name,
           "not available on this processor or without its shared library; 'reference' always runs "
           "everywhere");
    }
    known += ", " + std::string(backend->name());
  }
  fail(ErrorCode::range, "backend", "is '" + std::string(name) + "', expected one of " + known);
}

}  // namespace sightline
