// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/dtype.h"
#include "sightline/tensor/dtype_conversion.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "support/catch.h"

using namespace sightline;

namespace {

std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }

// Binary16 and bfloat16 decoded as the standard defines them, in double.
double value_of(std::uint16_t bits, int exponent_bits, int fraction_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = bits >> fraction_bits & ((1 << exponent_bits) - 1);
  const int fraction = bits & ((1 << fraction_bits) - 1);
  const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
  if (exponent == (1 << exponent_bits) - 1) {
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  }
  if (exponent == 0) return sign * std::ldexp(fraction, 1 - bias - fraction_bits);
  return sign * std::ldexp((1 << fraction_bits) + fraction, exponent - bias - fraction_bits);
}

// Rounding by definition: the nearer of two neighbours, measured in double; a tie goes to the even one.
template <class Widen>
std::uint16_t nearest(float value, std::uint16_t below, Widen widen) {
  const auto above = static_cast<std::uint16_t>(below + 1);
  const double low = std::abs(static_cast<double>(value) - widen(below));
  const double high = std::abs(widen(above) - static_cast<double>(value));
  if (low == high) return (below & 1U) == 0 ? below : above;
  return low < high ? below : above;
}

}  // namespace

TEST_CASE("dtype: sizes and names", "[tensor]") {
  CHECK(size_of(DType::f64) == 8);
  CHECK(size_of(DType::f32) == 4);
  CHECK(size_of(DType::bf16) == 2);
  CHECK(size_of(DType::boolean) == 1);
  CHECK(size_of(DType::other) == 0);
  CHECK(dtype_name(DType::bf16) == "bfloat16");
  CHECK(is_floating(DType::f16));
  CHECK_FALSE(is_floating(DType::i64));
}

TEST_CASE("dtype: all 65,536 binary16 patterns decode to the values of the standard", "[tensor][property]") {
  int wrong = 0;
  for (unsigned pattern = 0; pattern <= 0xFFFF; ++pattern) {
    const auto bits = static_cast<std::uint16_t>(pattern);
    const float value = f16_to_float(bits);
    const double expected = value_of(bits, 5, 10);
    const bool nan = std::isnan(expected);
    if (nan ? !std::isnan(value) : static_cast<double>(value) != expected) ++wrong;
    if (std::signbit(value) != ((pattern & 0x8000U) != 0)) ++wrong;
    const std::uint16_t back = float_to_f16(value);
    if (nan ? (back & 0x7FFFU) <= 0x7C00U : back != bits) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("dtype: all 65,536 bfloat16 patterns decode to the values of the standard", "[tensor][property]") {
  int wrong = 0;
  for (unsigned pattern = 0; pattern <= 0xFFFF; ++pattern) {
    const auto bits = static_cast<std::uint16_t>(pattern);
    const float value = bf16_to_float(bits);
    const double expected = value_of(bits, 8, 7);
    const bool nan = std::isnan(expected);
    if (nan ? !std::isnan(value) : static_cast<double>(value) != expected) ++wrong;
    const std::uint16_t back = float_to_bf16(value);
    if (nan ? (back & 0x7FFFU) <= 0x7F80U : back != bits) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("dtype: rounding to binary16 is to the nearest, ties to even, around every number",
          "[tensor][property]") {
  const auto widen = [](std::uint16_t bits) { return value_of(bits, 5, 10); };
  int wrong = 0;
  for (std::uint16_t below = 0; below < 0x7BFF; ++below) {
    const double tie = (widen(below) + widen(static_cast<std::uint16_t>(below + 1))) / 2;
    const auto middle = static_cast<float>(tie);  // exact: one more bit of fraction
    for (const float value : {middle, std::nextafter(middle, 0.0F), std::nextafter(middle, 1e9F)}) {
      const std::uint16_t expected = nearest(value, below, widen);
      if (float_to_f16(value) != expected) ++wrong;
      if (float_to_f16(-value) != (expected | 0x8000U)) ++wrong;
    }
  }
  CHECK(wrong == 0);
  CHECK(float_to_f16(65519.996F) == 0x7BFF);
  CHECK(float_to_f16(65520.0F) == 0x7C00);
  CHECK(float_to_f16(-std::numeric_limits<float>::max()) == 0xFC00);
  CHECK(float_to_f16(0x1p-25F) == 0);
  CHECK(float_to_f16(std::nextafter(0x1p-25F, 1.0F)) == 1);
  CHECK(float_to_f16(std::numeric_limits<float>::denorm_min()) == 0);
}

TEST_CASE("dtype: rounding to bfloat16 is to the nearest, ties to even, around every number",
          "[tensor][property]") {
  const auto widen = [](std::uint16_t bits) { return value_of(bits, 8, 7); };
  int wrong = 0;
  for (std::uint16_t below = 0; below < 0x7F7F; ++below) {
    const auto middle = std::bit_cast<float>((static_cast<std::uint32_t>(below) << 16) | 0x8000U);
    for (const float value :
         {middle, std::nextafter(middle, 0.0F), std::nextafter(middle, std::numeric_limits<float>::max())}) {
      const std::uint16_t expected = nearest(value, below, widen);
      if (float_to_bf16(value) != expected) ++wrong;
      if (float_to_bf16(-value) != (expected | 0x8000U)) ++wrong;
    }
  }
  CHECK(wrong == 0);
  CHECK(float_to_bf16(std::numeric_limits<float>::max()) == 0x7F80);
}

TEST_CASE("dtype: bulk conversion gives the same bits as single conversion, at any length and alignment",
          "[tensor][property]") {
  std::vector<std::uint16_t> patterns(65'536);
  for (std::size_t i = 0; i < patterns.size(); ++i) patterns[i] = static_cast<std::uint16_t>(i * 40'503U);
  std::vector<std::byte> bytes(patterns.size() * 2 + 1);
  std::memcpy(bytes.data() + 1, patterns.data(), patterns.size() * 2);
  const ByteView odd = ByteView(bytes).subspan(1);

  for (const std::size_t count :
       {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{33}, patterns.size()}) {
    std::vector<float> halves(count), bfloats(count);
    f16_to_float(odd.first(2 * count), halves);
    bf16_to_float(odd.first(2 * count), bfloats);
    std::vector<std::uint16_t> half_bits(count), bfloat_bits(count);
    float_to_f16(bfloats, half_bits);
    float_to_bf16(halves, bfloat_bits);
    int wrong = 0;
    for (std::size_t i = 0; i < count; ++i) {
      wrong += bits_of(halves[i]) != bits_of(f16_to_float(patterns[i]));
      wrong += bits_of(bfloats[i]) != bits_of(bf16_to_float(patterns[i]));
      wrong += half_bits[i] != float_to_f16(bfloats[i]);
      wrong += bfloat_bits[i] != float_to_bf16(halves[i]);
    }
    CHECK(wrong == 0);
  }
}
