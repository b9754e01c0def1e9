// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/element_converter.h"

#include <limits>

#include "sightline/tensor/dtype_conversion.h"
#include "sightline/weights/conversion_check.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

template <class T>
StoredTensor stored(DType dtype, const std::vector<T>& values) {
  return {dtype, Shape{std::ssize(values)}, std::as_bytes(std::span<const T>(values))};
}

template <class T>
Failure failure(DType from, const std::vector<T>& values, DType to) {
  ElementConverter converter;
  return error_of([&] { (void)converter.convert(stored(from, values), to, "w"); });
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr DType kFloating[] = {DType::f32, DType::f16, DType::bf16};

}  // namespace

TEST_CASE("element converter: NaN and infinity are rejected in every type", "[weights][error]") {
  const Failure refused{"CORRUPT", "w: contains a NaN or an infinity, expected finite weights"};
  const DType to = GENERATE_COPY(from_range(std::begin(kFloating), std::end(kFloating)));
  for (const float bad : {kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN()}) {
    CHECK(failure(DType::f32, std::vector<float>{1, bad, 1}, to) == refused);
    CHECK(failure(DType::f64, std::vector<double>{1, static_cast<double>(bad)}, to) == refused);
    CHECK(failure(DType::f16, std::vector<std::uint16_t>{0, float_to_f16(bad)}, to) == refused);
    CHECK(failure(DType::bf16, std::vector<std::uint16_t>{0, float_to_bf16(bad)}, to) == refused);
  }
  CHECK(failure(DType::f64, std::vector<double>{static_cast<double>(kInfinity)}, DType::f64) == refused);
}

TEST_CASE("element converter: a number too large for its new type is rejected and named",
          "[weights][error]") {
  CHECK(failure(DType::f32, std::vector<float>{65519}, DType::f16).code.empty());
  CHECK(failure(DType::f32, std::vector<float>{65519, -65520}, DType::f16) ==
        Failure{"RANGE", "w: contains -65520, the limit of float16 is 65504"});
  CHECK(failure(DType::f32, std::vector<float>{3.389e38F}, DType::bf16).code.empty());
  CHECK(failure(DType::f32, std::vector<float>{3.402e38F}, DType::bf16) ==
        Failure{"RANGE", "w: contains 3.402e+38, the limit of bfloat16 is 3.3895e38"});
  CHECK(failure(DType::f64, std::vector<double>{1e39}, DType::f32) ==
        Failure{"RANGE", "w: contains a larger number, the limit of float32 is 3.4028e38"});
}

TEST_CASE("conversion check: accepts a target that contains the rounded numbers of the source", "[weights]") {
  const DType dtype = GENERATE_COPY(from_range(std::begin(kFloating), std::end(kFloating)));
  std::vector<float> numbers(600'000);  // several blocks
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i) / 7 - 30'000;
  std::vector<float> changed = numbers;
  changed.back() += 1000;
  const auto weights = [](std::string name, StoredTensor tensor) {
    Weights made;
    made.add("a", {DType::u8, Shape{0}, {}});
    made.add(std::move(name), std::move(tensor));
    return made;
  };
  const Weights source = weights("w", stored(DType::f32, numbers));
  const auto converted = [&](const std::vector<float>& values) {
    return StoredTensor::deferred(dtype, Shape{2, std::ssize(values) / 2}, [&](std::span<std::byte> out) {
      ElementConverter converter;
      const ByteView bytes = std::as_bytes(std::span(values));
      const StoredTensor all = stored(DType::f32, values);
      std::size_t end = 0;
      for (std::int64_t i = 0; i < ElementConverter::blocks(all); ++i) {
        const ByteView part = converter.convert(ElementConverter::block(DType::f32, bytes, i), dtype, "w");
        std::ranges::copy(part, out.subspan(end).begin());
        end += part.size();
      }
    });
  };
  ThreadPool pool(2);
  CHECK(find_difference(source, weights("w", converted(numbers)), pool).empty());
  CHECK(find_difference(source, weights("w", converted(changed)), pool) == "w");
  CHECK(find_difference(source, weights("v", converted(numbers)), pool) == "v");
  const std::vector<float> shorter(numbers.begin(), numbers.end() - 2);
  CHECK(find_difference(source, weights("w", converted(shorter)), pool) == "w");
  Weights more = weights("w", converted(numbers));
  CHECK(find_difference(more, weights("w", converted(numbers)), pool).empty());
  more.add("z", stored(DType::f32, changed));
  CHECK(find_difference(more, weights("w", converted(numbers)), pool) == "z");
}
