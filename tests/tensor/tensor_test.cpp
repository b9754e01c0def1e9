// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/tensor.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

float sum_of(TensorView<const float> values) {
  float sum = 0;
  for (const float value : values.flat()) sum += value;
  return sum;
}

}  // namespace

TEST_CASE("tensor: memory is aligned to 64 bytes, even if it is empty", "[tensor]") {
  for (const std::int64_t size : {0, 1, 17, 4096}) {
    const Tensor tensor(Shape{size});
    CHECK(reinterpret_cast<std::uintptr_t>(tensor.data()) % 64 == 0);
  }
}

TEST_CASE("tensor: rows and slices are views into the same memory", "[tensor]") {
  Tensor tensor(Shape{2, 3, 4});
  for (std::size_t i = 0; i < 24; ++i) tensor.data()[i] = static_cast<float>(i);
  const TensorView<float> view = tensor.view();
  CHECK(view.rows() == 6);
  CHECK(view.row(5)[3] == 23);
  CHECK(view.slice_rows(2, 2).data() == tensor.data() + 8);
  CHECK(view.slice_rows(2, 2).shape() == Shape{2, 4});
}

TEST_CASE("tensor: rows out of range and other element counts are errors", "[tensor][error]") {
  Tensor tensor(Shape{2, 3});
  const TensorView<float> view = tensor.view();
  CHECK(error_of([&] { view.slice_rows(1, 2); }) ==
        Failure{"RANGE", "tensor: has shape [2, 3], so a slice of 2 rows from row 1 is out of range"});
  CHECK(error_of([&] { view.slice_rows(-1, 1); }).code == "RANGE");
  CHECK(error_of([&] { view.reshaped(Shape{5}); }) ==
        Failure{"MISMATCH", "tensor: has shape [2, 3], which cannot be reshaped to [5]"});
  CHECK(view.slice_rows(2, 0).elements() == 0);
  CHECK(view.reshaped(Shape{6}).shape() == Shape{6});
}

TEST_CASE("tensor: values are accessible only as the C++ type of the dtype", "[tensor][error]") {
  Tensor ids(Shape{2}, DType::i32);
  ids.data<std::int32_t>()[1] = -7;
  CHECK(ids.dtype() == DType::i32);
  CHECK(ids.view<std::int32_t>().flat()[1] == -7);
  CHECK(error_of([&] { ids.data(); }) ==
        Failure{"TYPE", "tensor: has element type int32, but is accessed as another type of 4 bytes"});
  CHECK(error_of([&] { std::as_const(ids).view<std::uint8_t>(); }).code == "TYPE");
  CHECK(error_of([&] { sum_of(ids); }).code == "TYPE");

  const auto accepts = []<class T>(DType dtype, T value) {
    Tensor tensor(Shape{}, dtype);
    *tensor.data<T>() = value;
    const TensorView<const T> view = tensor;
    return view.flat().size() == 1 && view.flat()[0] == value && tensor.bytes().size() == sizeof(T);
  };
  CHECK(accepts(DType::f64, 1e300));
  CHECK(accepts(DType::i64, std::int64_t{1} << 60));
  CHECK(accepts(DType::i16, std::int16_t{-3}));
  CHECK(accepts(DType::i8, std::int8_t{-3}));
  CHECK(accepts(DType::u8, std::uint8_t{200}));
  CHECK(accepts(DType::boolean, true));
  CHECK(accepts(DType::f16, std::uint16_t{0x3C00}));
  CHECK(accepts(DType::bf16, std::uint16_t{0x3F80}));
}

TEST_CASE("tensor: a tensor converts to a view", "[tensor]") {
  Tensor tensor(Shape{3});
  for (int i = 0; i < 3; ++i) tensor.data()[i] = static_cast<float>(i);
  CHECK(sum_of(tensor) == 3);
}

TEST_CASE("tensor: a default-constructed or moved-from tensor is empty", "[tensor]") {
  CHECK(Tensor().empty());
  CHECK(Tensor().view().elements() == 0);
  CHECK(TensorView<const float>().elements() == 0);
  Tensor tensor(Shape{3});
  const Tensor moved = std::move(tensor);
  CHECK(moved.shape() == Shape{3});
  CHECK(tensor.empty());              // NOLINT: that is what is tested
  CHECK(tensor.shape() == Shape{0});  // NOLINT
}

TEST_CASE("tensor: negative sizes and a dtype without a size are errors", "[tensor][error]") {
  CHECK(error_of([] { Tensor(Shape{2, -1}); }).code == "RANGE");
  CHECK(error_of([] { Tensor(Shape{0, -1}); }).code == "RANGE");
  CHECK(error_of([] { Tensor(Shape{1LL << 61}, DType::f64); }).code == "RANGE");
  CHECK(error_of([] { Tensor(Shape{2}, DType::other); }).code == "TYPE");
}
