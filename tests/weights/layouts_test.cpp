// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/layouts.h"

#include <cstring>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::vector<std::uint32_t> counted(std::size_t count) {
  std::vector<std::uint32_t> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<std::uint32_t>(i);
  return values;
}

template <class T>
StoredTensor stored(const std::vector<T>& values, DType dtype, const Shape& shape) {
  return {dtype, shape, std::as_bytes(std::span(values))};
}

template <class T = std::uint32_t>
std::vector<T> values_of(const StoredTensor& tensor) {
  std::vector<T> values(static_cast<std::size_t>(tensor.shape.elements()));
  tensor.copy_bytes(std::as_writable_bytes(std::span(values)));
  return values;
}

StoredTensor lay_out(const StoredTensor& tensor, TensorLayout layout) {
  return to_layout(tensor, layout, {}, "t");
}

}  // namespace

TEST_CASE("layouts: a transposition moves every element, for every width and size", "[weights][property]") {
  const auto check = [](auto zero, DType dtype, std::int64_t rows, std::int64_t columns) {
    using T = decltype(zero);
    std::vector<T> values(static_cast<std::size_t>(rows * columns));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i * 7 + 3);
    const StoredTensor turned = lay_out(stored(values, dtype, Shape{rows, columns}), TensorLayout::transpose);
    REQUIRE(turned.shape == Shape{columns, rows});
    const std::vector<T> seen = values_of<T>(turned);
    bool right = true;
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < columns; ++c) {
        right = right && seen[static_cast<std::size_t>(c * rows + r)] ==
                             values[static_cast<std::size_t>(r * columns + c)];
      }
    }
    CHECK(right);
  };
  for (const auto& [rows, columns] : {std::pair{1, 1}, {1, 100}, {31, 33}, {64, 32}, {70, 129}, {0, 5}}) {
    check(std::uint8_t{}, DType::u8, rows, columns);
    check(std::uint16_t{}, DType::f16, rows, columns);
    check(std::uint32_t{}, DType::f32, rows, columns);
    check(std::uint64_t{}, DType::f64, rows, columns);
  }
}

TEST_CASE("layouts: Keras's convolution kernels become [out, in, height, width]", "[weights]") {
  const std::vector<std::uint32_t> values = counted(2 * 3 * 4 * 5);
  const StoredTensor kernel = stored(values, DType::f32, Shape{2, 3, 4, 5});
  const StoredTensor plain = lay_out(kernel, TensorLayout::convolution);
  CHECK(plain.shape == Shape{5, 4, 2, 3});
  const StoredTensor swapped = lay_out(kernel, TensorLayout::swapped_convolution);
  CHECK(swapped.shape == Shape{5, 4, 3, 2});
  const std::vector<std::uint32_t> a = values_of(plain), b = values_of(swapped);
  for (std::size_t y = 0; y < 2; ++y) {
    for (std::size_t x = 0; x < 3; ++x) {
      for (std::size_t in = 0; in < 4; ++in) {
        for (std::size_t out = 0; out < 5; ++out) {
          const std::uint32_t value = values[((y * 3 + x) * 4 + in) * 5 + out];
          CHECK(a[((out * 4 + in) * 2 + y) * 3 + x] == value);
          CHECK(b[((out * 4 + in) * 3 + x) * 2 + y] == value);
        }
      }
    }
  }
}

TEST_CASE("layouts: Keras's attention kernels become matrices [out, in]", "[weights]") {
  const std::vector<std::uint32_t> values = counted(2 * 3 * 4);
  const StoredTensor query = lay_out(stored(values, DType::f32, Shape{2, 3, 4}), TensorLayout::query_kernel);
  CHECK(query.shape == Shape{12, 2});
  CHECK(values_of(query)[2 * 7 + 1] == 12 + 7);  // head 1, position 3, input 1
  const StoredTensor output =
      lay_out(stored(values, DType::f32, Shape{2, 3, 4}), TensorLayout::output_kernel);
  CHECK(output.shape == Shape{4, 6});
  CHECK(values_of(output)[6 * 1 + 5] == 4 * 5 + 1);  // output 1, head 1, position 2
}

TEST_CASE("layouts: parts and flat tensors are views; a scalar may have one dimension of size 1",
          "[weights]") {
  const std::vector<std::uint32_t> values = counted(12);
  const StoredTensor matrix = stored(values, DType::f32, Shape{6, 2});
  const StoredTensor second = to_layout(matrix, TensorLayout::part, {1, 3}, "t");
  CHECK(second.shape == Shape{2, 2});
  CHECK(second.bytes().data() == matrix.bytes().data() + 16);
  CHECK_FALSE(second.is_deferred());
  const StoredTensor flat = lay_out(matrix, TensorLayout::flat);
  CHECK(flat.shape == Shape{12});
  CHECK(flat.bytes().data() == matrix.bytes().data());
  CHECK(lay_out(stored(values, DType::f32, Shape{1, 2, 3, 2}), TensorLayout::grid).shape == Shape{6, 2});
  const StoredTensor row = lay_out(matrix, TensorLayout::first_row);
  CHECK(row.shape == Shape{1, 1, 2});
  CHECK(row.bytes().data() == matrix.bytes().data());
  CHECK(lay_out(stored(counted(1), DType::f32, Shape{1}), TensorLayout::scalar).shape == Shape{});
  CHECK(lay_out(matrix, TensorLayout::same).shape == Shape{6, 2});
}

TEST_CASE("layouts: deferred tensors stay deferred until the result is requested", "[weights]") {
  int calls = 0;
  const StoredTensor source = StoredTensor::deferred(DType::f32, Shape{3, 2}, [&](std::span<std::byte> out) {
    const std::vector<std::uint32_t> values = counted(6);
    std::memcpy(out.data(), values.data(), out.size());
    ++calls;
  });
  const StoredTensor turned = lay_out(source, TensorLayout::transpose);
  const StoredTensor last = to_layout(turned, TensorLayout::part, {1, 2}, "t");
  CHECK(calls == 0);
  CHECK(values_of(last) == std::vector<std::uint32_t>{1, 3, 5});
  CHECK(values_of(lay_out(turned, TensorLayout::transpose)) == counted(6));
  CHECK(calls == 2);
}

TEST_CASE("layouts: shapes that do not allow a layout are rejected", "[weights][error]") {
  const std::vector<std::uint32_t> values = counted(6);
  const auto refused = [&](TensorLayout layout, const Shape& shape, TensorPart part = {}) {
    return error_of([&] { (void)to_layout(stored(values, DType::f32, shape), layout, part, "t"); });
  };
  CHECK(refused(TensorLayout::transpose, Shape{6}) ==
        Failure{"MISMATCH", "t: has shape [6], expected a matrix"});
  CHECK(refused(TensorLayout::query_kernel, Shape{2, 3}).message ==
        "t: has shape [2, 3], expected [in, heads, head width]");
  CHECK(refused(TensorLayout::output_kernel, Shape{6}).code == "MISMATCH");
  CHECK(refused(TensorLayout::convolution, Shape{1, 2, 3}).code == "MISMATCH");
  CHECK(refused(TensorLayout::swapped_convolution, Shape{6}).code == "MISMATCH");
  CHECK(refused(TensorLayout::scalar, Shape{2, 3}).message == "t: has shape [2, 3], expected []");
  CHECK(refused(TensorLayout::part, Shape{2, 3}, {0, 3}).message ==
        "t: has shape [2, 3], expected one whose first size is a multiple of 3");
  CHECK(refused(TensorLayout::part, Shape{}, {0, 1}).code == "MISMATCH");
  CHECK(refused(TensorLayout::grid, Shape{2, 3}).code == "MISMATCH");
  CHECK(refused(TensorLayout::grid, Shape{2, 1, 3, 1}).code == "MISMATCH");
  CHECK(error_of([&] {
          (void)to_layout({DType::other, Shape{2, 3}, std::as_bytes(std::span(values))},
                          TensorLayout::transpose, {}, "t");
        }).code == "MISMATCH");
}
