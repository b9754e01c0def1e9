// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/shape.h"

#include <algorithm>
#include <vector>

#include "sightline/base/error.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("shape: elements, rows and last agree", "[tensor]") {
  const Shape shape{2, 3, 5};
  CHECK(shape.elements() == 30);
  CHECK(shape.rows() == 6);
  CHECK(shape.last() == 5);
  CHECK(std::ranges::equal(shape.sizes(), std::vector<std::int64_t>{2, 3, 5}));
  CHECK(Shape{}.sizes().empty());
  CHECK(shape.with_last(7) == Shape{2, 3, 7});
  CHECK(to_string(shape) == "[2, 3, 5]");
  CHECK(Shape{}.elements() == 1);
  CHECK(to_string(Shape{}) == "[]");
  CHECK(Shape{2, 0}.elements() == 0);
}

TEST_CASE("shape: equality compares rank and sizes", "[tensor]") {
  CHECK(Shape{1, 2} == Shape{1, 2});
  CHECK_FALSE(Shape{1, 2} == Shape{2, 1});
  CHECK_FALSE(Shape{1, 2} == Shape{1, 2, 1});
}

TEST_CASE("shape: too many dimensions and overflowing products are errors", "[tensor]") {
  CHECK_THROWS_AS(Shape(std::vector<std::int64_t>(9, 1)), Error);
  CHECK_THROWS_AS((Shape{1LL << 40, 1LL << 40}.elements()), Error);
  CHECK_THROWS_AS((Shape{-1, 2}.elements()), Error);
}

TEST_CASE("shape: an axis that does not exist is an error in every build", "[tensor][error]") {
  const Shape shape{2, 3};
  CHECK(error_of([&] { shape[2]; }) == Failure{"RANGE", "shape: [2, 3] has no axis 2, expected 0 to 1"});
  CHECK(error_of([&] { shape[-1]; }) == Failure{"RANGE", "shape: [2, 3] has no axis -1, expected 0 to 1"});
  CHECK(error_of([] { Shape{}[0]; }) == Failure{"RANGE", "shape: [] has rank 0, so it has no last axis"});
  CHECK(error_of([] { Shape{}.last(); }).code == "RANGE");
  CHECK(error_of([] { Shape{}.with_last(3); }).code == "RANGE");
}
