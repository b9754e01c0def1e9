// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/stored_tensor.h"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "support/catch.h"

using namespace sightline;

namespace {

template <class T>
StoredTensor stored(const std::vector<T>& values, DType dtype) {
  return {dtype, Shape{static_cast<std::int64_t>(values.size())}, std::as_bytes(std::span(values))};
}

}  // namespace

TEST_CASE("stored tensor: every floating-point type converts to the right floats", "[tensor]") {
  const std::vector<float> f32{1.5F, -2.25F};
  const std::vector<double> f64{1.5, 1e-300};
  const std::vector<std::uint16_t> f16{0x3E00, 0xC080}, bf16{0x3FC0, 0xC010};
  CHECK(to_float(stored(f32, DType::f32)).data()[1] == -2.25F);
  CHECK(to_float(stored(f64, DType::f64)).data()[0] == 1.5F);
  CHECK(to_float(stored(f64, DType::f64)).data()[1] == 0.0F);
  CHECK(to_float(stored(f16, DType::f16)).data()[0] == 1.5F);
  CHECK(to_float(stored(f16, DType::f16)).data()[1] == -2.25F);
  CHECK(to_float(stored(bf16, DType::bf16)).data()[0] == 1.5F);
  CHECK(to_float(stored(bf16, DType::bf16)).data()[1] == -2.25F);
  const std::vector<std::int64_t> ids{1, 2};
  CHECK_THROWS_WITH(to_float(stored(ids, DType::i64)), Contains("int64") && Contains("floating-point"));
}

TEST_CASE("stored tensor: float32 bytes are used in place only if they are aligned", "[tensor]") {
  const std::vector<float> values{1, 2, 3};
  const ByteView bytes = std::as_bytes(std::span(values));
  CHECK((StoredTensor{DType::f32, Shape{3}, bytes}.as_float()) == values.data());
  CHECK((StoredTensor{DType::f32, Shape{2}, bytes.subspan(2, 8)}.as_float()) == nullptr);
  CHECK((StoredTensor{DType::f16, Shape{6}, bytes}.as_float()) == nullptr);
  const Tensor moved = to_float(StoredTensor{DType::f32, Shape{2}, bytes.subspan(4, 8)});
  CHECK(moved.data()[0] == 2.0F);
}

TEST_CASE("stored tensor: a deferred tensor computes its bytes on first use and keeps one copy", "[tensor]") {
  int calls = 0;
  const StoredTensor tensor = StoredTensor::deferred(DType::f32, Shape{2, 2}, [&](std::span<std::byte> out) {
    const std::vector<float> values{1, 2, 3, 4};
    std::memcpy(out.data(), values.data(), out.size());
    ++calls;
  });
  const StoredTensor copy = tensor;
  CHECK(tensor.is_deferred());
  CHECK_FALSE(tensor.mapped());
  CHECK(tensor.byte_size() == 16);
  CHECK(calls == 0);
  std::vector<std::byte> out(16);
  tensor.copy_bytes(out);
  CHECK(reinterpret_cast<const float*>(out.data())[3] == 4.0F);
  CHECK(to_float(tensor).data()[1] == 2.0F);
  {
    const TransientBytes bytes(tensor);
    CHECK(std::memcmp(bytes.view().data(), out.data(), 16) == 0);
  }
  CHECK(calls == 3);
  CHECK(copy.bytes().data() == tensor.bytes().data());
  CHECK(tensor.as_float()[2] == 3.0F);
  CHECK(calls == 4);
}

TEST_CASE("stored tensor: several threads compute the bytes of a deferred tensor only once", "[tensor]") {
  std::atomic<int> calls{0};
  const StoredTensor tensor = StoredTensor::deferred(DType::u8, Shape{1000}, [&](std::span<std::byte> out) {
    std::fill(out.begin(), out.end(), std::byte{7});
    ++calls;
  });
  std::vector<const std::byte*> addresses(4);
  {
    std::vector<std::jthread> threads;
    for (const std::byte*& data : addresses) threads.emplace_back([&] { data = tensor.bytes().data(); });
  }
  CHECK(calls == 1);
  for (const std::byte* data : addresses) CHECK(data == addresses[0]);
}

TEST_CASE("stored tensor: a failing writer leaves a deferred tensor unchanged", "[tensor][error]") {
  bool broken = true;
  const StoredTensor tensor = StoredTensor::deferred(DType::f32, Shape{1}, [&](std::span<std::byte> out) {
    if (broken) fail(ErrorCode::corrupt, "block", "cannot be read");
    std::fill(out.begin(), out.end(), std::byte{0});
  });
  CHECK_THROWS_WITH(tensor.bytes(), Contains("block"));
  broken = false;
  CHECK(tensor.as_float()[0] == 0.0F);
  CHECK_THROWS_WITH(StoredTensor::deferred(DType::other, Shape{1}, nullptr), Contains("element type"));
  CHECK_THROWS_WITH(StoredTensor::deferred(DType::f32, Shape{1LL << 62}, nullptr), Contains("63 bits"));
}
