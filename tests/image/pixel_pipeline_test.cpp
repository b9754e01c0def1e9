// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/pixel_pipeline.h"

#include "golden_crops.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("pixel_pipeline: every crop matches Pillow and transformers byte for byte", "[image][golden]") {
  REQUIRE(golden_cases("image").size() > 500);
  const SimdLevel level = GENERATE(SimdLevel::portable, SimdLevel::avx2, SimdLevel::avx512);
  if (!simd_supported(level)) return skip("no kernels of level " + std::to_string(static_cast<int>(level)));
  check_golden_crops("image", level);
}
