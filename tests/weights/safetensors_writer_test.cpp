// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <limits>
#include <numeric>

#include "sightline/tensor/dtype_conversion.h"
#include "sightline/weights/safetensors.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

template <class T>
StoredTensor stored(DType dtype, const Shape& shape, const std::vector<T>& values) {
  return {dtype, shape, std::as_bytes(std::span<const T>(values))};
}

std::string written(const TempFolder& folder, std::vector<SafetensorsEntry> entries) {
  {
    OutputFile out(folder / "w", true);
    write_safetensors(out, std::move(entries));
    out.commit();
  }
  return folder.read("w");
}

}  // namespace

TEST_CASE("safetensors writer: the bytes match the format", "[weights][golden]") {
  const TempFolder folder;
  const std::vector<float> floats = {1.0F, -0.5F};
  const std::vector<std::uint8_t> bytes = {7};
  const std::string file = written(folder, {{"z", stored(DType::u8, Shape{1}, bytes), DType::u8},
                                            {"b", stored(DType::f32, Shape{2}, floats), DType::f16},
                                            {"a", stored(DType::f32, Shape{1, 2}, floats), DType::f32}});
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},"z":{"dtype":"U8","shape":[1],"data_offsets":[12,13]}})";
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  CHECK(length % 8 == 0);
  CHECK(file.substr(8, header.size()) == header);
  CHECK(file.substr(8 + header.size(), length - header.size()).find_first_not_of(' ') == std::string::npos);
  CHECK(file.substr(8 + length) == std::string("\0\0\x80\x3f\0\0\0\xbf\x00\x3c\x00\xb8\x07", 13));
}

TEST_CASE("safetensors writer: a file round-trips to the same bytes", "[weights][property]") {
  const TempFolder folder;
  std::vector<float> floats(600'000);  // several blocks
  std::iota(floats.begin(), floats.end(), -300'000.25F);
  for (float& value : floats) value /= 5;  // the limit of float16 is 65,504
  const std::vector<std::int64_t> integers = {1, -2};
  const DType dtype = GENERATE(DType::f32, DType::f16, DType::bf16);
  const std::string first =
      written(folder, {{"m.weight", stored(DType::f32, Shape{1200, 500}, floats), dtype},
                       {"empty", stored(DType::f32, Shape{0, 3}, std::vector<float>()), dtype},
                       {"scalar", stored(DType::f32, Shape{}, std::vector<float>{4.5F}), dtype},
                       {"ids", stored(DType::i64, Shape{2}, integers), DType::i64}});
  std::vector<SafetensorsEntry> entries;
  for (const SafetensorsTensor& tensor : parse_safetensors(as_bytes(first), "w")) {
    if (tensor.name == "m.weight") {
      REQUIRE(tensor.tensor.dtype == dtype);
      const Tensor back = to_float(tensor.tensor);
      for (std::size_t i = 0; i < floats.size(); i += 997) {
        const float expected = dtype == DType::f32   ? floats[i]
                               : dtype == DType::f16 ? f16_to_float(float_to_f16(floats[i]))
                                                     : bf16_to_float(float_to_bf16(floats[i]));
        CHECK(back.data()[i] == expected);
      }
    }
    entries.push_back({tensor.name, tensor.tensor, tensor.tensor.dtype});
  }
  CHECK(entries.size() == 4);
  CHECK(written(folder, entries) == first);
}

TEST_CASE("safetensors writer: rounds to nearest even from every source type", "[weights]") {
  const TempFolder folder;
  const std::vector<double> doubles = {1.0 + 1.0 / 2048, 1.0 + 3.0 / 2048};
  const std::vector<std::uint16_t> halves = {0x3C01, 0x7BFF};
  const std::string file = written(folder, {{"d", stored(DType::f64, Shape{2}, doubles), DType::f16},
                                            {"h", stored(DType::f16, Shape{2}, halves), DType::bf16}});
  const std::vector<SafetensorsTensor> tensors = parse_safetensors(as_bytes(file), "w");
  REQUIRE(tensors.size() == 2);
  const auto half = [&](std::size_t tensor, std::size_t i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, tensors[tensor].tensor.bytes().data() + 2 * i, 2);
    return bits;
  };
  CHECK(half(0, 0) == 0x3C00);  // a tie, rounded down to even
  CHECK(half(0, 1) == 0x3C02);  // a tie, rounded up to even
  CHECK(half(1, 0) == 0x3F80);
  CHECK(half(1, 1) == 0x4780);
}

TEST_CASE("safetensors writer: several threads write the same bytes as one", "[weights][property]") {
  const TempFolder folder;
  std::vector<float> floats(700'001);
  std::iota(floats.begin(), floats.end(), 1.0F);
  for (float& value : floats) value /= 16;
  const DType dtype = GENERATE(DType::f32, DType::f16);
  const SafetensorsEntry entry{"w", stored(DType::f32, Shape{700'001}, floats), dtype};
  ThreadPool pool(3);
  {
    OutputFile out(folder / "threads", true);
    write_safetensors(out, {entry}, &pool);
    out.commit();
  }
  CHECK(folder.read("threads") == written(folder, {entry}));
}

TEST_CASE("safetensors writer: invalid tensors are rejected before anything is written", "[weights][error]") {
  const TempFolder folder;
  const std::vector<float> floats = {1.0F};
  const std::vector<std::int64_t> integers = {1};
  const StoredTensor good = stored(DType::f32, Shape{1}, floats);
  const auto refusal = [&](std::vector<SafetensorsEntry> entries) {
    OutputFile out(folder / "w", true);
    const Failure failure = error_of([&] { write_safetensors(out, std::move(entries)); });
    CHECK(out.size() == 0);
    return failure;
  };
  CHECK(refusal({{"__metadata__", good, DType::f32}}).code == "HEADER");
  CHECK(refusal({{"a", good, DType::f32}, {"a", good, DType::f16}}) ==
        Failure{"DUP", "a: would be written twice"});
  CHECK(refusal({{"a", stored(DType::i64, Shape{1}, integers), DType::f32}}) ==
        Failure{"TYPE", "a: cannot be converted from int64 to float32"});
  CHECK(refusal({{"a", good, DType::i64}}).code == "TYPE");
  CHECK(refusal({{"a", {DType::other, Shape{1}, good.bytes()}, DType::other}}).code == "TYPE");
  CHECK(refusal({{"\xFF", good, DType::f32}}).code == "UTF8");
  CHECK(folder.entries() == 0);
}

TEST_CASE("safetensors writer: S33 overwriting the mapped source keeps it intact until the end",
          "[weights]") {
  const TempFolder folder;
  const std::vector<float> floats(50'000, 0.5F);
  const std::string before = written(folder, {{"a", stored(DType::f32, Shape{50'000}, floats), DType::f32}});
  const Weights source = Safetensors().read(folder / "w");
  {
    OutputFile out(folder / "w", true);
    write_safetensors(out, {{"a", *source.find("a"), DType::f16}});
    CHECK(folder.read("w") == before);
    out.commit();
  }
  const Weights result = Safetensors().read(folder / "w");
  CHECK(result.require("a", Shape{50'000}).dtype == DType::f16);
  CHECK(to_float(*result.find("a")).data()[49'999] == 0.5F);
  CHECK(to_float(*source.find("a")).data()[49'999] == 0.5F);
}
