// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/row_products.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "sightline/base/half.h"
#include "support/catch.h"
#include "support/random_values.h"

using namespace sightline;

namespace {

struct Rows {
  std::vector<std::byte> bytes;  // one more in front, so that rows are not aligned
  std::vector<double> values;
  RowBlock block;
};

Rows stored(const std::vector<float>& values, std::int64_t width, DType dtype) {
  Rows rows;
  const std::size_t size = dtype == DType::f16 ? 2 : 4;
  rows.bytes.resize(1 + values.size() * size);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t half = float_to_half(values[i]);
    const bool is_half = dtype == DType::f16;
    std::memcpy(rows.bytes.data() + 1 + i * size,
                is_half ? static_cast<const void*>(&half) : static_cast<const void*>(&values[i]), size);
    rows.values.push_back(static_cast<double>(is_half ? half_to_float(half) : values[i]));
  }
  rows.block = {rows.bytes.data() + 1, dtype, std::ssize(values) / width, width};
  return rows;
}

/// Large values that cancel, and a small rest.
std::vector<float> cancelling_values(std::int64_t count) {
  std::vector<float> values = random_values(count, 3, 0.01F);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += i % 2 == 0 ? 1000.0F : -1000.0F;
  return values;
}

void check_bound(const Rows& rows, const std::vector<float>& query_values) {
  const std::int64_t width = rows.block.width, queries = std::ssize(query_values) / width;
  const std::int64_t stride = (rows.block.rows + 3) / 4 * 4;
  const RowProducts products({query_values.data(), Shape{queries, width}});
  std::vector<float> dots(static_cast<std::size_t>(queries * stride)),
      squares(static_cast<std::size_t>(stride));
  products.multiply(rows.block, 0, queries, dots.data(), stride, squares.data());
  const auto bound = static_cast<double>(RowProducts::error_bound(width));
  for (std::int64_t r = 0; r < rows.block.rows; ++r) {
    double square = 0;
    for (std::int64_t i = 0; i < width; ++i) {
      const double x = rows.values[static_cast<std::size_t>(r * width + i)];
      square += x * x;
    }
    CHECK(std::abs(static_cast<double>(squares[static_cast<std::size_t>(r)]) - square) <= bound * square);
    for (std::int64_t q = 0; q < queries; ++q) {
      double dot = 0, query_square = 0;
      for (std::int64_t i = 0; i < width; ++i) {
        const auto y = static_cast<double>(query_values[static_cast<std::size_t>(q * width + i)]);
        dot += rows.values[static_cast<std::size_t>(r * width + i)] * y;
        query_square += y * y;
      }
      const auto actual = static_cast<double>(dots[static_cast<std::size_t>(q * stride + r)]);
      CHECK(std::abs(actual - dot) <= bound * std::sqrt(square * query_square));
    }
  }
}

}  // namespace

TEST_CASE("row products: float32 sums are within the stated bound", "[ops]") {
  for (const DType dtype : {DType::f32, DType::f16}) {
    for (const std::int64_t width : {1, 3, 4, 15, 16, 17, 100, 512}) {
      for (const std::int64_t queries : {1, 2, 3, 5, 6, 11}) {
        for (const std::int64_t count : {1, 4, 7}) {
          check_bound(stored(random_values(count * width, 1, 1), width, dtype),
                      random_values(queries * width, 2, 1));
        }
      }
      check_bound(stored(cancelling_values(5 * width), width, dtype), random_values(7 * width, 2, 1));
      check_bound(stored(cancelling_values(5 * width), width, dtype), cancelling_values(2 * width));
    }
  }
}

TEST_CASE("row products: float16 numbers are exact, subnormal ones too", "[ops]") {
  constexpr std::int64_t kWidth = 16;
  for (std::uint32_t first = 0; first < 0x7C00; first += kWidth) {
    std::vector<std::uint16_t> halves(kWidth);
    std::vector<float> queries(kWidth * kWidth);
    for (std::size_t i = 0; i < kWidth; ++i) {
      halves[i] = static_cast<std::uint16_t>((first + i) | (i % 2 == 0 ? 0x8000U : 0U));
      queries[i * kWidth + i] = 1;
    }
    const RowProducts products({queries.data(), Shape{kWidth, kWidth}});
    std::vector<float> dots(kWidth * 4), squares(4);
    products.multiply({reinterpret_cast<const std::byte*>(halves.data()), DType::f16, 1, kWidth}, 0, kWidth,
                      dots.data(), 4, squares.data());
    bool equal = true;
    for (std::size_t i = 0; i < kWidth; ++i) equal = equal && dots[4 * i] == half_to_float(halves[i]);
    REQUIRE(equal);
  }
}

TEST_CASE("row products: a number that is not finite makes the square not ordinary", "[ops]") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    for (const DType dtype : {DType::f32, DType::f16}) {
      for (const std::size_t place : {0U, 20U, 39U, 40U, 79U}) {
        std::vector<float> values = random_values(80, 1, 1);
        values[place] = bad;
        const Rows rows = stored(values, 40, dtype);
        const RowProducts products({values.data(), Shape{1, 40}});
        std::vector<float> dots(4), squares(4), scales(2), margins(2);
        products.multiply(rows.block, 0, 1, dots.data(), 4, squares.data());
        CHECK_FALSE(scale_rows(squares.data(), 2, false, 1e-6F, scales.data(), margins.data()));
        CHECK(scales[place / 40] == 0);
        CHECK(scales[1 - place / 40] > 0);
      }
    }
  }
}

TEST_CASE("row products: rows of zeros, tiny and huge rows are not ordinary", "[ops]") {
  const std::vector<float> squares = {1, 0, 0x1p-61F, 0x1p61F, 4};
  std::vector<float> scales(5), margins(5);
  CHECK_FALSE(scale_rows(squares.data(), 5, false, 0.5F, scales.data(), margins.data()));
  CHECK(scales == std::vector<float>{1, 0, 0, 0, 0.5F});
  CHECK(margins[4] == 0.5F);
  CHECK(std::isnan(margins[1]));
  CHECK_FALSE(scale_rows(squares.data(), 5, true, 0.5F, scales.data(), margins.data()));
  CHECK(scales == std::vector<float>{1, 0, 0, 0, 1});
  CHECK(margins[4] == 1);
  CHECK(scale_rows(squares.data(), 1, true, 0.5F, scales.data(), margins.data()));
}

TEST_CASE("row products: a block is skipped only if all of its rows stay below the limit", "[ops]") {
  for (const std::size_t place : {0U, 7U, 36U}) {
    std::vector<float> dots(37, 0.125F), scales(37, 2), margins(37, 0.125F);
    CHECK_FALSE(any_reaches(dots.data(), scales.data(), margins.data(), 37, 0.5F));
    CHECK(any_reaches(dots.data(), scales.data(), margins.data(), 37, 0.375F));
    for (float* value : {&dots[place], &margins[place]}) {
      const float before = *value;
      *value = 0.25F;
      CHECK(any_reaches(dots.data(), scales.data(), margins.data(), 37, 0.5F));
      *value = std::numeric_limits<float>::quiet_NaN();
      CHECK(any_reaches(dots.data(), scales.data(), margins.data(), 37, 0.5F));
      *value = before;
    }
  }
}
