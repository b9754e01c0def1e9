// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/pixel_pipeline.h"

#include "golden_crops.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("pixel_pipeline: every crop equals Pillow's and transformers' byte for byte", "[image][golden]") {
  REQUIRE(golden_cases("image").size() > 500);
  const SimdLevel level = GENERATE(SimdLevel::portable, SimdLevel::avx2, SimdLevel::avx512);
  if (!simd_supported(level)) {
    WARN("this processor lacks instruction set " << static_cast<int>(level) << ": not tested here");
    return;
  }
  check_golden_crops("image", level);
}
