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

TEST_CASE("pixel_pipeline: every crop matches transformers with torchvision byte for byte",
          "[image][golden]") {
  REQUIRE(golden_cases("image_torchvision").size() > 150);
  const SimdLevel level = GENERATE(SimdLevel::portable, SimdLevel::avx2, SimdLevel::avx512);
  if (!simd_supported(level)) return skip("no kernels of level " + std::to_string(static_cast<int>(level)));
  check_golden_crops("image_torchvision", level);
}

TEST_CASE("pixel_pipeline: what torchvision's backend does not have is refused by name", "[image][error]") {
  PixelPipeline p;
  p.rule = PixelRule::torchvision;
  CHECK_NOTHROW(check_pixel_rule(p, "settings"));
  p.resample = Resample::hamming;
  CHECK_THROWS_WITH(check_pixel_rule(p, "settings"), Contains("Hamming"));
  p.resample = Resample::box;
  CHECK_THROWS_WITH(check_pixel_rule(p, "settings"), Contains("box"));
  p.resize = ResizeMode::none;
  CHECK_NOTHROW(check_pixel_rule(p, "settings"));
  p.resize = ResizeMode::longest;
  p.resample = Resample::bicubic;
  CHECK_THROWS_WITH(check_pixel_rule(p, "settings"), Contains("longer side"));
  const std::vector<std::uint8_t> file = read_bytes(golden_path("image/files/jpeg-420.jpg"));
  CHECK_THROWS_AS(load_pixels(view(file), p, {}, nullptr), Error);
}
