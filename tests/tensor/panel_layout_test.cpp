// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/panel_layout.h"

#include <set>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/tensor/stored_tensor.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using sightline::testing::error_of;

TEST_CASE("panel layout: the sizes of panels, the last one as narrow as 16 columns allow", "[tensor]") {
  const PanelLayout layout(DType::f32, 100, 7);
  CHECK(layout.count() == 3);
  CHECK(layout.width(0) == 48);
  CHECK(layout.columns(2) == 4);
  CHECK(layout.width(2) == 16);
  CHECK(layout.offset(2) == 2 * 48 * 7);
  CHECK(layout.byte_size() == (2 * 48 + 16) * 7 * 4);
  CHECK(PanelLayout(DType::bf16, 48, 7).padded_in() == 8);
  CHECK(PanelLayout(DType::i8, 17, 7).byte_size() == 32 * 8);
}

TEST_CASE("panel layout: every weight has a place of its own", "[tensor]") {
  for (const DType type : {DType::f32, DType::f16, DType::bf16, DType::i8}) {
    const PanelLayout layout(type, 61, 7);
    std::set<std::int64_t> positions;
    for (std::int64_t n = 0; n < 61; ++n) {
      for (std::int64_t k = 0; k < 7; ++k) positions.insert(layout.position(n, k));
    }
    CHECK(positions.size() == 61 * 7);
    CHECK(*positions.begin() == 0);
    CHECK(*positions.rbegin() < layout.elements());
  }
  // Inputs 2 and 3 of output 50, the third column of the second panel, which is 16 wide.
  CHECK(PanelLayout(DType::bf16, 61, 7).position(50, 3) == 48 * 8 + (1 * 16 + 2) * 2 + 1);
}

TEST_CASE("panel layout: refuses other types, empty matrices and sizes that overflow", "[tensor]") {
  CHECK(error_of([] { PanelLayout(DType::f64, 1, 1); }).code == "TYPE");
  CHECK(error_of([] { PanelLayout(DType::f32, 0, 1); }).code == "RANGE");
  CHECK(error_of([] { PanelLayout(DType::f32, 1, -1); }).code == "RANGE");
  CHECK(error_of([] { PanelLayout(DType::f32, std::int64_t{1} << 40, 1); }).code == "RANGE");
  CHECK(error_of([] { PanelLayout(DType::f32, std::int64_t{1} << 31, std::int64_t{1} << 31); }).code ==
        "RANGE");
}

TEST_CASE("panel layout: a tensor made from panels has the rows of the matrix", "[tensor]") {
  const PanelLayout layout(DType::bf16, 20, 5);
  std::vector<std::byte> panels(static_cast<std::size_t>(layout.byte_size()));
  for (std::int64_t n = 0; n < 20; ++n) {
    for (std::int64_t k = 0; k < 5; ++k)
      panels[static_cast<std::size_t>(layout.position(n, k)) * 2] = static_cast<std::byte>(n * 5 + k);
  }
  const StoredTensor tensor = StoredTensor::from_panels(DType::bf16, Shape{20, 5}, panels);
  REQUIRE(tensor.panels() != nullptr);
  CHECK(tensor.panels()->bytes.data() == panels.data());
  std::byte scratch[2];
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(tensor.element(static_cast<std::int64_t>(i), scratch)[0] == static_cast<std::byte>(i));
    CHECK(tensor.bytes()[2 * i] == static_cast<std::byte>(i));
  }
  CHECK(error_of([&] { StoredTensor::from_panels(DType::bf16, Shape{20, 9}, panels); }).code == "MISMATCH");
  CHECK(error_of([&] { StoredTensor::from_panels(DType::bf16, Shape(), panels); }).code == "RANGE");
}

TEST_CASE("panel layout: int8 panels stand for float32 rows", "[tensor]") {
  const PanelLayout layout(DType::i8, 20, 5);
  std::vector<std::byte> panels(static_cast<std::size_t>(layout.byte_size()));
  for (std::int64_t n = 0; n < 20; ++n) {
    for (std::int64_t k = 0; k < 5; ++k)
      panels[static_cast<std::size_t>(layout.position(n, k))] = static_cast<std::byte>(50 - n * 5 - k);
  }
  std::vector<float> columns(20, 0.5F), inputs(5, 1.0F);
  columns[3] = 2;
  inputs[4] = -4;
  const std::vector<std::int32_t> sums(20);
  const PanelScales scales{columns, sums, inputs};
  const StoredTensor tensor = StoredTensor::from_panels(DType::i8, Shape{20, 5}, panels, scales);
  CHECK(tensor.dtype == DType::f32);
  const Tensor rows = to_float(tensor);
  for (int n = 0; n < 20; ++n) {
    for (int k = 0; k < 5; ++k) {
      const float expected =
          static_cast<float>(50 - n * 5 - k) * (n == 3 ? 2.0F : 0.5F) * (k == 4 ? -4.0F : 1);
      CHECK(rows.data()[n * 5 + k] == expected);
    }
  }
  const auto made = [&](const PanelScales& other) {
    return error_of([&] { StoredTensor::from_panels(DType::i8, Shape{20, 5}, panels, other); }).code;
  };
  CHECK(made({}) == "MISMATCH");
  CHECK(made({columns, std::span(sums).first(19), inputs}) == "MISMATCH");
  CHECK(made({columns, sums, std::span(inputs).first(4)}) == "MISMATCH");
}
