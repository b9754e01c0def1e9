// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/ops/gemm.h"

namespace sightline {

/// The backends of this build, one per file; `gemm_backends` lists them.
const GemmBackend& native_backend();
const GemmBackend& openblas_backend();
const GemmBackend& reference_backend();

}  // namespace sightline
