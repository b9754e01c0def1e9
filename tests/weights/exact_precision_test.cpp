// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/exact_precision.h"

#include <limits>

#include "support/catch.h"

using namespace sightline;

namespace {

bool is_exact(DType dtype, std::span<const std::byte> bytes) {
  Weights weights;
  weights.add("w", {dtype, Shape{std::ssize(bytes) / size_of(dtype)}, bytes});
  ThreadPool pool(2);
  return is_exact_in_f16(weights, pool);
}

bool is_exact(const std::vector<float>& values) {
  return is_exact(DType::f32, std::as_bytes(std::span(values)));
}

}  // namespace

TEST_CASE("exact precision: only values of float16 are exact", "[weights]") {
  CHECK(is_exact({0.0F, -0.0F, 1.5F, 65504.0F, 0x1p-24F, 0x1p-14F, -0x1.ffcp0F}));
  CHECK_FALSE(is_exact({1.0F, 0x1.002p0F}));
  CHECK_FALSE(is_exact({65505.0F}));
  CHECK_FALSE(is_exact({1e9F}));
  CHECK_FALSE(is_exact({0x1p-25F}));
  CHECK_FALSE(is_exact({std::numeric_limits<float>::quiet_NaN()}));
  std::vector<float> many((1 << 20) + 7, 0.25F);
  CHECK(is_exact(many));
  many.back() = 0.1F;
  CHECK_FALSE(is_exact(many));
}

TEST_CASE("exact precision: other types are judged by their values", "[weights]") {
  const std::vector<std::uint16_t> one = {0x3F80}, huge = {0x7F00};  // bfloat16
  CHECK(is_exact(DType::bf16, std::as_bytes(std::span(one))));
  CHECK_FALSE(is_exact(DType::bf16, std::as_bytes(std::span(huge))));
  const std::vector<std::uint16_t> halves = {0x7BFF, 0x0001};
  CHECK(is_exact(DType::f16, std::as_bytes(std::span(halves))));
  const std::vector<double> doubles = {0.5, 1e-300};  // read as float32, the second is 0
  CHECK(is_exact(DType::f64, std::as_bytes(std::span(doubles))));
}
