// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/weight_panels.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "sightline/tensor/dtype_conversion.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/random_values.h"

using namespace sightline;
using sightline::testing::error_of;

namespace {

StoredTensor stored(const std::vector<float>& values, const Shape& shape) {
  return {DType::f32, shape, std::as_bytes(std::span(values))};
}

// The value that element type `type` keeps of a float.
float rounded(float value, DType type) {
  if (type == DType::f16) return f16_to_float(float_to_f16(value));
  if (type == DType::bf16) return bf16_to_float(float_to_bf16(value));
  return value;
}

}  // namespace

TEST_CASE("weight panels: rows to panels and back keep every value", "[ops][property]") {
  const DType type = GENERATE(DType::f32, DType::f16, DType::bf16);
  const auto [out, in] = GENERATE(std::pair{1, 1}, std::pair{48, 16}, std::pair{49, 17}, std::pair{130, 33},
                                  std::pair{47, 300}, std::pair{96, 256}, std::pair{64, 259});
  const std::vector<float> values = random_values(out * in, 1);
  const StoredTensor weights = stored(values, Shape{out, in});
  const PanelLayout layout(type, out, in);
  std::vector<std::byte> panels(static_cast<std::size_t>(layout.byte_size()), std::byte{0xff});
  rows_to_panels(weights, layout, panels);
  const Tensor back = to_float(StoredTensor::from_panels(type, Shape{out, in}, panels));
  for (std::size_t i = 0; i < values.size(); ++i) REQUIRE(back.data()[i] == rounded(values[i], type));
}

TEST_CASE("weight panels: columns and inputs beyond the matrix are zero", "[ops]") {
  const PanelLayout layout(DType::bf16, 17, 3);
  const std::vector<float> values(17 * 3, 1.0F);
  std::vector<std::byte> panels(static_cast<std::size_t>(layout.byte_size()), std::byte{0xff});
  rows_to_panels(stored(values, Shape{17, 3}), layout, panels);
  std::int64_t ones = 0, zeros = 0;
  for (std::size_t i = 0; i < panels.size(); i += 2) {
    std::uint16_t bits;
    std::memcpy(&bits, panels.data() + i, 2);
    ones += bits == float_to_bf16(1.0F) ? 1 : 0;
    zeros += bits == 0 ? 1 : 0;
  }
  CHECK(ones == 17 * 3);
  CHECK(zeros == 32 * 4 - 17 * 3);
}

TEST_CASE("weight panels: refuses other matrices and sizes, and int8 without scales", "[ops]") {
  const std::vector<float> values(20, 1.0F);
  std::vector<std::byte> panels(16 * 8 * 4);
  const StoredTensor weights = stored(values, Shape{4, 5});
  CHECK(error_of([&] { rows_to_panels(weights, PanelLayout(DType::f32, 5, 4), panels); }).code == "MISMATCH");
  CHECK(error_of([&] { rows_to_panels(weights, PanelLayout(DType::f32, 4, 5), panels); }).code == "MISMATCH");
  const PanelLayout bytes(DType::i8, 4, 5);
  panels.resize(static_cast<std::size_t>(bytes.byte_size()));
  CHECK(error_of([&] { rows_to_panels(weights, bytes, panels); }).code == "UNSUP");
}

TEST_CASE("weight panels: a transposition makes the same panel as a fill", "[ops]") {
  const Shape shape{100, 32};
  const std::vector<float> values = random_values(100 * 32, 7);
  const StoredTensor weights = stored(values, shape);
  const WeightPanels panels(DType::f32, shape, weights.bytes());
  Tensor filled(Shape{panels.layout().panel_elements()}), moved(filled.shape());
  panels.fill(1, filled.data());
  for (const bool many : {false, true}) {
    std::ranges::fill(moved.view().flat(), 0.0F);
    std::optional<Transposition> transposition = panels.transposition(1, moved.data());
    REQUIRE(transposition);
    for (int i = 0; i < 48 * 32 / (many ? 16 : 8); ++i)
      many ? transposition->move<16>() : transposition->move<8>();
    CHECK(std::ranges::equal(moved.view().flat(), filled.view().flat()));
  }
  CHECK_FALSE(panels.transposition(2, moved.data()));  // has 4 columns
  CHECK_FALSE(WeightPanels(DType::f32, Shape{100, 24}, weights.bytes().first(100 * 24 * 4))
                  .transposition(0, moved.data()));
}
