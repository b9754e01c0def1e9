// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/weights.h"

#include <limits>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const std::vector<float> kValues = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};

StoredTensor floats(const Shape& shape) {
  return {
      DType::f32, shape,
      std::as_bytes(std::span<const float>(kValues)).first(static_cast<std::size_t>(shape.elements()) * 4)};
}

template <class T>
bool finite(DType dtype, const std::vector<T>& values) {
  return is_finite({dtype, Shape{std::ssize(values)}, std::as_bytes(std::span<const T>(values))});
}

}  // namespace

TEST_CASE("weights: a tensor is requested by name and shape", "[weights]") {
  Weights weights;
  weights.add("a.weight", floats(Shape{2, 3}));
  weights.add("b", floats(Shape{1}));
  CHECK(weights.require("a.weight", Shape{2, 3}).as_float()[4] == 5.0F);
  CHECK(weights.unused() == std::vector<std::string>{"b"});
  CHECK(weights.names() == std::vector<std::string>{"a.weight", "b"});
  CHECK(weights.contains("b"));
  CHECK(weights.find("c") == nullptr);
  CHECK(weights.size() == 2);
  CHECK(weights.extract("b").shape == Shape{1});
  CHECK(weights.unused().empty());
}

TEST_CASE("weights: a shape mismatch is rejected with both shapes", "[weights][error]") {
  Weights weights;
  weights.add("a", floats(Shape{2, 3}));
  weights.add("ids", {DType::i64, Shape{1}, std::as_bytes(std::span<const float>(kValues)).first(8)});
  CHECK(error_of([&] {
          (void)weights.require("a", Shape{3, 2});
        }) == Failure{"MISMATCH", "a: has shape [2, 3], expected [3, 2]"});
  CHECK(error_of([&] { (void)weights.require("z", Shape{2}); }) ==
        Failure{"MISSING", "z: is not in the weights, expected [2]"});
  CHECK(error_of([&] { (void)weights.require("ids", Shape{1}); }) ==
        Failure{"TYPE", "ids: has dtype int64, expected float32, float16, bfloat16 or float64"});
  CHECK(error_of([&] { weights.add("a", floats(Shape{1})); }) == Failure{"DUP", "a: is a duplicate"});
  CHECK(error_of([&] {
          weights.add("c", {DType::f32, Shape{3}, floats(Shape{2}).bytes()});
        }).code == "MISMATCH");
  CHECK(error_of([&] {
          weights.add("d", {DType::f32, Shape{242243305, 19037413721}, floats(Shape{1}).bytes()});
        }).code == "RANGE");  // 2^62 + 1 floats would be 4 bytes
  CHECK(error_of([&] { (void)weights.extract("z"); }).code == "MISSING");
  CHECK(weights.unused() == std::vector<std::string>{"a", "ids"});
}

TEST_CASE("weights: owners live as long as the weights that took them over", "[weights]") {
  auto owner = std::make_shared<const int>(1);
  const std::weak_ptr<const int> watch = owner;
  Weights all;
  {
    Weights part;
    part.keep(std::move(owner));
    part.add("a", floats(Shape{1}));
    all.merge(std::move(part));
  }
  CHECK_FALSE(watch.expired());
  CHECK(all.contains("a"));
  Weights again;
  again.add("a", floats(Shape{1}));
  CHECK(error_of([&] { all.merge(std::move(again)); }).code == "DUP");
  all = Weights();
  CHECK(watch.expired());
}

TEST_CASE("weights: metadata is kept and merged", "[weights]") {
  Weights all;
  all.set_metadata("a", "1");
  all.set_metadata("a", "2");
  Weights part;
  part.set_metadata("a", "3");
  part.set_metadata("b", "4");
  all.merge(std::move(part));
  CHECK(all.metadata() == std::map<std::string, std::string>{{"a", "2"}, {"b", "4"}});
}

TEST_CASE("weights: a scope is a prefix", "[weights]") {
  Weights weights;
  weights.add("encoder.layers.0.weight", floats(Shape{2}));
  weights.add("top", floats(Shape{1}));
  const WeightScope root(weights);
  const WeightScope layer = root / "encoder" / "layers" / 0;
  CHECK(layer.full_name("weight") == "encoder.layers.0.weight");
  CHECK(layer.require("weight", Shape{2}).shape == Shape{2});
  CHECK(root.require("top", Shape{1}).shape == Shape{1});
  CHECK(error_of([&] { (void)layer.require("bias", Shape{2}); }).message ==
        "encoder.layers.0.bias: is not in the weights, expected [2]");
}

TEST_CASE("weights: a NaN or an infinity is found at any position", "[weights]") {
  for (const std::size_t at : {std::size_t{0}, std::size_t{4095}, std::size_t{4096}, std::size_t{9999}}) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()}) {
      std::vector<float> values(10'000, std::numeric_limits<float>::max());
      CHECK(finite(DType::f32, values));
      values[at] = bad;
      CHECK_FALSE(finite(DType::f32, values));
    }
  }
  CHECK(finite(DType::f16, std::vector<std::uint16_t>{0x7BFF, 0x0001}));
  CHECK_FALSE(finite(DType::f16, std::vector<std::uint16_t>{0, 0xFC00}));
  CHECK(finite(DType::bf16, std::vector<std::uint16_t>{0x7F7F}));
  CHECK_FALSE(finite(DType::bf16, std::vector<std::uint16_t>{0x7FC0}));
  CHECK(finite(DType::f64, std::vector<double>{1e308}));
  CHECK_FALSE(finite(DType::f64, std::vector<double>{std::numeric_limits<double>::quiet_NaN()}));
  CHECK(finite(DType::i64, std::vector<std::int64_t>{-1}));
  const std::vector<float> values = {std::numeric_limits<float>::quiet_NaN()};
  CHECK(error_of([&] {
          check_finite("w", {DType::f32, Shape{1}, std::as_bytes(std::span<const float>(values))});
        }) == Failure{"CORRUPT", "w: contains a NaN or an infinity, expected finite weights"});
}
