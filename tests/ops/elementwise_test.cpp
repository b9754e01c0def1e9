// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/elementwise.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "sightline/ops/rotary.h"
#include "support/catch.h"

using namespace sightline;

namespace {

double ulps(float actual, double expected) {
  const auto rounded = static_cast<float>(expected);
  const double step = std::max(
      static_cast<double>(std::nextafter(std::abs(rounded), INFINITY) - std::abs(rounded)), 0x1p-140);
  return std::abs(static_cast<double>(actual) - expected) / step;
}

}  // namespace

TEST_CASE("elementwise: quick_gelu, gelu and gelu_tanh follow their formulas over the whole range", "[ops]") {
  double worst_quick = 0, worst_gelu = 0, worst_tanh = 0;
  for (double x = -30; x <= 30; x += 0.00137) {
    const auto value = static_cast<float>(x);
    const auto v = static_cast<double>(value);
    float quick = value, exact = value, approximate = value;
    quick_gelu(&quick, 1);
    gelu(&exact, 1);
    gelu_tanh(&approximate, 1);
    worst_quick = std::max(worst_quick, ulps(quick, v / (1 + std::exp(-1.702 * v))));
    // Far in the negative tail 1 + erf cancels, in torch's float32 as well: absolute error is what counts
    // there.
    const double want = 0.5 * v * (1 + std::erf(v / std::sqrt(2.0)));
    worst_gelu =
        std::max(worst_gelu, std::abs(static_cast<double>(exact) - want) / std::max(1.0, std::abs(v)));
    const double tanh_form = 0.5 * v * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
    worst_tanh = std::max(
        worst_tanh, std::abs(static_cast<double>(approximate) - tanh_form) / std::max(1.0, std::abs(v)));
  }
  CHECK(worst_quick <
        45);  // the argument's rounding, |1.702 x| * 2^-24 relative, is part of the float formula
  CHECK(worst_gelu < 3e-7);
  CHECK(worst_tanh < 3e-7);
}

TEST_CASE("elementwise: values do not depend on their position in the array", "[ops]") {
  std::vector<float> values(67);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) * 0.11F - 3.5F;
  std::vector<float> together = values;
  quick_gelu(together.data(), 67);
  std::vector<float> both = values;
  gelu(both.data(), 67);
  std::vector<float> all = values;
  gelu_tanh(all.data(), 67);
  std::vector<float> gated = values;
  multiply_by_silu(gated.data(), values.data(), 67);
  for (std::size_t i = 0; i < values.size(); ++i) {
    float alone = values[i];
    multiply_by_silu(&alone, &values[i], 1);
    CHECK(alone == gated[i]);
    const auto x = static_cast<double>(values[i]);
    CHECK(ulps(alone, x * x / (1 + std::exp(-x))) < 4);
    alone = values[i];
    quick_gelu(&alone, 1);
    CHECK(alone == together[i]);
    alone = values[i];
    gelu(&alone, 1);
    CHECK(alone == both[i]);
    alone = values[i];
    gelu_tanh(&alone, 1);
    CHECK(alone == all[i]);
  }
}

TEST_CASE("elementwise: layer_norm matches the double-precision formula, also far from zero", "[ops]") {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(1000.0F, 1.0F);
  const std::int64_t rows = 3, width = GENERATE(1, 12, 33, 768);
  Tensor x(Shape{rows, width}), y(Shape{rows, width});
  std::vector<float> gamma(static_cast<std::size_t>(width)), beta(gamma.size());
  for (float& value : x.view().flat()) value = normal(generator);
  for (std::size_t i = 0; i < gamma.size(); ++i) {
    gamma[i] = 0.5F + static_cast<float>(i % 7);
    beta[i] = static_cast<float>(i % 3) - 1;
  }
  layer_norm(x.view(), gamma.data(), beta.data(), 1e-5F, y.view());
  for (std::int64_t r = 0; r < rows; ++r) {
    double mean = 0, variance = 0;
    for (const float value : x.view().row(r)) mean += static_cast<double>(value) / static_cast<double>(width);
    for (const float value : x.view().row(r)) {
      variance += std::pow(static_cast<double>(value) - mean, 2) / static_cast<double>(width);
    }
    for (std::size_t i = 0; i < gamma.size(); ++i) {
      const double centred = static_cast<double>(x.view().row(r)[i]) - mean;
      const double want =
          centred / std::sqrt(variance + 1e-5) * static_cast<double>(gamma[i]) + static_cast<double>(beta[i]);
      // The mean is rounded to float before it is subtracted, an error of 1000 * 2^-24, scaled.
      const double bound =
          8 * static_cast<double>(gamma[i]) * 1001 * 0x1p-24 / std::sqrt(variance + 1e-5) + 1e-6;
      CHECK(std::abs(static_cast<double>(y.view().row(r)[i]) - want) <= bound);
    }
  }
}

TEST_CASE("elementwise: pairs are rotated with every product rounded, whatever the alignment", "[ops]") {
  constexpr std::int64_t kHeads = 3, kPairs = 22;
  std::vector<float> row(kHeads * 2 * kPairs + 3), cosines, sines;
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>(i) * 0.37F - 20;
  for (int i = 0; i < kPairs; ++i) {
    cosines.push_back(static_cast<float>(std::cos(0.7 * i)));
    sines.push_back(static_cast<float>(std::sin(0.7 * i)));
  }
  for (std::size_t start = 0; start < 3; ++start) {
    std::vector<float> turned = row;
    rotate_pairs(turned.data() + start, kHeads, kPairs, cosines.data(), sines.data());
    for (std::size_t i = 0; i < kHeads * kPairs; ++i) {
      const float a = row[start + 2 * i], b = row[start + 2 * i + 1];
      const volatile float ac = a * cosines[i % kPairs], bs = b * sines[i % kPairs];
      const volatile float bc = b * cosines[i % kPairs], as = a * sines[i % kPairs];
      CHECK(turned[start + 2 * i] == ac - bs);
      CHECK(turned[start + 2 * i + 1] == bc + as);
    }
  }
}
