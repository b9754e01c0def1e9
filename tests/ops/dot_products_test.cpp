// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/dot_products.h"

#include <cmath>
#include <random>
#include <vector>

#include "support/catch.h"

using namespace sightline;

namespace {

std::vector<float> random_values(std::int64_t count) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = normal(random);
  return values;
}

}  // namespace

TEST_CASE("dot products: each sum is accumulated in double and rounded once", "[ops]") {
  for (const std::int64_t width : {1, 7, 8, 9, 512, 515}) {
    constexpr std::int64_t kRows = 7, kColumns = 5, kStride = 6;
    const std::vector<float> x = random_values(kRows * width), y = random_values(kColumns * width);
    std::vector<float> out(kRows * kStride, -1.0F);
    dot_products({x.data(), Shape{kRows, width}}, {y.data(), Shape{kColumns, width}}, out.data(), kStride);
    for (std::int64_t r = 0; r < kRows; ++r) {
      for (std::int64_t c = 0; c < kColumns; ++c) {
        long double sum = 0;
        for (std::int64_t i = 0; i < width; ++i) {
          sum += static_cast<long double>(x[static_cast<std::size_t>(r * width + i)]) *
                 static_cast<long double>(y[static_cast<std::size_t>(c * width + i)]);
        }
        const float actual = out[static_cast<std::size_t>(r * kStride + c)];
        // Half a unit in the last place of float32, plus the rounding error in double.
        CHECK(std::abs(static_cast<long double>(actual) - sum) <= std::abs(sum) * 0x1.01p-24L + 1e-12L);
      }
      CHECK(out[static_cast<std::size_t>(r * kStride + kColumns)] == -1.0F);  // nothing is written beyond the
                                                                              // columns
    }
  }
}

TEST_CASE("dot products: the bits of a product do not depend on its neighbours", "[ops]") {
  constexpr std::int64_t kWidth = 77, kRows = 11, kColumns = 9;
  const std::vector<float> x = random_values(kRows * kWidth), y = random_values(kColumns * kWidth);
  std::vector<float> together(kRows * kColumns);
  dot_products({x.data(), Shape{kRows, kWidth}}, {y.data(), Shape{kColumns, kWidth}}, together.data(),
               kColumns);
  for (std::int64_t r = 0; r < kRows; ++r) {
    for (std::int64_t c = 0; c < kColumns; ++c) {
      float alone = 0;
      dot_products({x.data() + r * kWidth, Shape{1, kWidth}}, {y.data() + c * kWidth, Shape{1, kWidth}},
                   &alone, 1);
      CHECK(alone == together[static_cast<std::size_t>(r * kColumns + c)]);
    }
  }
}

TEST_CASE("dot products: a squared norm is the product of the row with itself", "[ops]") {
  for (const std::int64_t width : {0, 1, 8, 13, 512}) {
    const std::vector<float> row = random_values(width);
    float product = 0;
    const TensorView<const float> view(row.data(), Shape{1, width});
    dot_products(view, view, &product, 1);
    CHECK(static_cast<float>(squared_norm(row)) == product);
  }
}
