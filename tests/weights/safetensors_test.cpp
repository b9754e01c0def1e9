// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/safetensors.h"

#include <unistd.h>

#include <cstring>
#include <limits>

#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

std::string with_length(std::uint64_t length, const std::string& rest) {
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  return file + rest;
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

// A file: its header, then `data` bytes.
std::string file_of(const std::string& header, std::size_t data = 0) {
  return with_length(header.size(), joined({header, std::string(data, '\0')}));
}

std::string tensor(std::string_view name, std::string_view dtype, std::string_view shape,
                   std::string_view offsets) {
  return joined({"\"", name, R"(":{"dtype":")", dtype, R"(","shape":[)", shape, R"(],"data_offsets":[)",
                 offsets, "]}"});
}

std::string object(std::string_view a, std::string_view b = "") {
  return joined({"{", a, b.empty() ? "" : ",", b, "}"});
}

Failure refusal(const std::string& file) {
  return error_of([&] { (void)parse_safetensors(as_bytes(file), "f"); });
}

std::string code(const std::string& file) { return refusal(file).code; }

}  // namespace

TEST_CASE("safetensors: tensors are views into the file", "[weights]") {
  const std::string header = object(tensor("b", "F32", "2,1", "2,10"), tensor("a", "U8", "2", "0,2"));
  std::string file = file_of(header, 10);
  const float values[] = {1.5F, -2.0F};
  std::memcpy(file.data() + 8 + header.size() + 2, values, 8);
  const std::vector<SafetensorsTensor> tensors = parse_safetensors(as_bytes(file), "f");
  REQUIRE(tensors.size() == 2);
  CHECK(tensors[0].name == "a");
  CHECK(tensors[1].name == "b");
  CHECK(tensors[1].tensor.shape == Shape{2, 1});
  CHECK(tensors[1].tensor.dtype == DType::f32);
  const Tensor floats = to_float(tensors[1].tensor);
  CHECK(floats.data()[0] == 1.5F);
  CHECK(floats.data()[1] == -2.0F);
}

TEST_CASE("safetensors: S01 a file shorter than its header length is truncated", "[weights][error]") {
  CHECK(code("") == "TRUNC");
  CHECK(code("1234567") == "TRUNC");
}

TEST_CASE("safetensors: S02-S05 impossible header lengths", "[weights][error]") {
  CHECK(code(with_length(UINT64_MAX, "{}")) == "LIMIT");   // S02
  CHECK(code(with_length(100'000'001, "{}")) == "LIMIT");  // S03
  CHECK(code(with_length((16 << 20) + 1, "{}")) == "LIMIT");
  CHECK(code(with_length(3, "{}")) == "TRUNC");  // S04
  CHECK(code(with_length(2, "{}")).empty());
  CHECK(code(with_length(0, "")) == "HEADER");  // S05
  CHECK(code(with_length(0, "{}")) == "HEADER");
}

TEST_CASE("safetensors: S06-S10 headers that are not a JSON object", "[weights][error]") {
  CHECK(code(file_of("{\"\xFF\":1}")) == "UTF8");  // S06
  CHECK(code(file_of("{")) == "HEADER");           // S07
  CHECK(code(file_of("[]")) == "HEADER");          // S08
  CHECK(code(file_of("{}   ")).empty());           // S09
  CHECK(code(file_of("   {} ")).empty());
  CHECK(code(file_of("{} {}")) == "HEADER");  // S10
  CHECK(code(file_of("{\"a\":1}")) == "HEADER");
  CHECK(code(file_of("\xEF\xBB\xBF{}")) == "HEADER");
}

TEST_CASE("safetensors: S11-S14 duplicates", "[weights][error]") {
  const std::string first = tensor("a", "U8", "1", "0,1");
  CHECK(code(file_of(object(first, tensor("a", "U8", "1", "1,2")), 2)) == "DUP");        // S11
  CHECK(code(file_of(object(first, first), 1)) == "DUP");                                // S12
  CHECK(code(file_of(object(first, tensor("\\u0061", "U8", "1", "1,2")), 2)) == "DUP");  // S13
  CHECK(code(file_of(R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1)) ==
        "DUP");  // S14
}

TEST_CASE("safetensors: S15-S19 bytes that belong to no tensor, or to two", "[weights][error]") {
  const std::string a = tensor("a", "U8", "2", "0,2");
  CHECK(code(file_of(object(a, tensor("b", "U8", "2", "2,4")), 4)).empty());
  CHECK(code(file_of(object(a, tensor("b", "U8", "2", "1,3")), 3)) == "RANGE");  // S15
  CHECK(code(file_of(object(a, tensor("b", "U8", "2", "0,2")), 2)) == "RANGE");
  CHECK(code(file_of(object(a, tensor("b", "U8", "2", "3,5")), 5)) == "RANGE");  // S16
  CHECK(code(file_of(object(tensor("b", "U8", "2", "1,3")), 3)) == "RANGE");
  CHECK(code(file_of(object(a), 12)) == "RANGE");  // S17
  CHECK(code(file_of("{}", 10)) == "RANGE");
  CHECK(code(file_of(object(tensor("a", "F32", "2", "0,8")), 6)) == "TRUNC");  // S18
  CHECK(code(file_of(object(tensor("a", "U8", "1", "2,1")), 2)) == "RANGE");   // S19
  CHECK(code(file_of(object(tensor("a", "U8", "0", "1,1")), 1)) == "RANGE");
}

TEST_CASE("safetensors: S20 offsets and sizes that are not natural numbers", "[weights][error]") {
  const std::string offsets = GENERATE("-1,1", "0.0,2", "\"0\",2", "null,2", "[0],2", "0", "0,1,2", "");
  CHECK(code(file_of(object(tensor("a", "U8", "2", offsets)), 2)) == "HEADER");
  CHECK(code(file_of(object(tensor("a", "U8", "-2", "0,2")), 2)) == "HEADER");
  CHECK(code(file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":{"a":0,"b":2}}})", 2)) == "HEADER");
  CHECK(code(file_of(object(tensor("a", "U8", "\"2\"", "0,2")), 2)) == "HEADER");
}

TEST_CASE("safetensors: S21-S22 shapes that do not match the size of the data", "[weights][error]") {
  CHECK(code(file_of(object(tensor("a", "U8", "2,18446744073709551614", "0,2")), 2)) == "RANGE");  // S21
  CHECK(code(file_of(object(tensor("a", "U8", "9223372036854775807,2", "0,2")), 2)) == "RANGE");
  CHECK(code(file_of(object(tensor("a", "U8", "18446744073709551616", "0,2")), 2)) == "RANGE");
  CHECK(code(file_of(object(tensor("a", "F32", "4611686018427387905", "0,4")), 4)) == "RANGE");
  CHECK(code(file_of(object(tensor("a", "U8", "1", "0,18446744073709551615")), 2)) == "RANGE");
  CHECK(code(file_of(object(tensor("a", "F32", "3", "0,8")), 8)) == "RANGE");  // S22
  CHECK(code(file_of(object(tensor("a", "F32", "1", "0,8")), 8)) == "RANGE");
  CHECK(code(file_of(object(tensor("a", "F4", "3", "0,2")), 2)) == "RANGE");
  CHECK(code(file_of(object(tensor("a", "F4", "4", "0,2")), 2)).empty());
  CHECK(code(file_of(object(tensor("a", "F4", "3", "0,1")), 1)) == "RANGE");
  // Products of 2^64 + 4 and 2^62 + 1, which overflow to the size of the data.
  CHECK(code(file_of(object(tensor("a", "U8", "242243305,19037413721,4", "0,4")), 4)) == "RANGE");
  CHECK(code(file_of(object(tensor("a", "F32", "242243305,19037413721", "0,4")), 4)) == "RANGE");
}

TEST_CASE("safetensors: S23-S24 unsupported types are rejected when requested, unknown ones at once",
          "[weights][error]") {
  const TempFolder folder;
  const std::string path =
      folder.write("w", file_of(object(tensor("a", "U16", "1", "0,2"), tensor("b", "F32", "1", "2,6")), 6));
  const Weights weights = Safetensors().read(path);
  CHECK(weights.require("b", Shape{1}).dtype == DType::f32);  // S23
  CHECK(error_of([&] { (void)weights.require("a", Shape{1}); }).code == "TYPE");
  const Failure failure = refusal(file_of(object(tensor("a", "float32", "1", "0,4")), 4));  // S24
  CHECK(failure.code == "TYPE");
  CHECK(failure.message ==
        "f: a.dtype: is 'float32', expected F32, F16, BF16 or another type of safetensors");
}

TEST_CASE("safetensors: S25 scalars and empty tensors are valid", "[weights]") {
  const std::string file =
      file_of(object(tensor("s", "F32", "", "0,4"), tensor("e", "F32", "2,0", "4,4")), 4);
  const std::vector<SafetensorsTensor> tensors = parse_safetensors(as_bytes(file), "f");
  REQUIRE(tensors.size() == 2);
  CHECK(tensors[0].tensor.shape.rank() == 0);
  CHECK(tensors[1].tensor.bytes().empty());
  CHECK(code(file_of(object(tensor("e", "F32", "0", "0,0")))).empty());
  CHECK(code(file_of("{}")).empty());
}

TEST_CASE("safetensors: S26 metadata values are strings", "[weights][error]") {
  CHECK(code(file_of(R"({"__metadata__":{"format":"pt"}})")).empty());
  CHECK(code(file_of(R"({"__metadata__":null})")).empty());
  CHECK(code(file_of(R"({"__metadata__":{"format":1}})")) == "HEADER");
  CHECK(code(file_of(R"({"__metadata__":[]})")) == "HEADER");
  CHECK(code(file_of(object(tensor("__metadata__", "U8", "1", "0,1")), 1)) == "HEADER");
}

TEST_CASE("safetensors: S27 a header larger than any model's is not parsed", "[weights][error]") {
  const TempFolder folder;
  const std::string path = folder.write("w", with_length(100'000'000, "{"));
  REQUIRE(::truncate(path.c_str(), 100'000'008) == 0);
  CHECK(error_of([&] { (void)Safetensors().read(path); }).code == "LIMIT");
  std::string many = "{";
  for (int i = 0; i <= 100'001; ++i) many += joined({tensor(std::to_string(i), "U8", "0", "0,0"), ","});
  many.back() = '}';
  CHECK(code(file_of(many)) == "LIMIT");
}

TEST_CASE("safetensors: S28 deep nesting in an unused key", "[weights][error]") {
  const std::string deep = joined({std::string(2000, '['), std::string(2000, ']')});
  CHECK(code(file_of(joined({R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":)", deep, "}}"}),
                     1)) == "HEADER");
  CHECK(code(file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":[[]]}})", 1)).empty());
}

TEST_CASE("safetensors: incomplete entries, and names and ranks beyond the limits", "[weights][error]") {
  CHECK(code(file_of(R"({"a":{"shape":[1],"data_offsets":[0,1]}})", 1)) == "HEADER");
  CHECK(code(file_of(R"({"a":{"dtype":"U8","data_offsets":[0,1]}})", 1)) == "HEADER");
  CHECK(code(file_of(R"({"a":{"dtype":"U8","shape":[1]}})", 1)) == "HEADER");
  CHECK(code(file_of(R"({"a":{"dtype":8,"shape":[1],"data_offsets":[0,1]}})", 1)) == "HEADER");
  CHECK(code(file_of(R"({"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}})", 1)) == "HEADER");
  CHECK(code(file_of(object(tensor(std::string(1024, 'n'), "U8", "1", "0,1")), 1)).empty());
  CHECK(code(file_of(object(tensor(std::string(1025, 'n'), "U8", "1", "0,1")), 1)) == "LIMIT");
  CHECK(code(file_of(object(tensor("a\\u0000b", "U8", "1", "0,1")), 1)) == "HEADER");
  CHECK(code(file_of(object(tensor("a", "U8", "1,1,1,1,1,1,1,1", "0,1")), 1)).empty());
  CHECK(code(file_of(object(tensor("a", "U8", "1,1,1,1,1,1,1,1,1", "0,1")), 1)) == "LIMIT");
}

TEST_CASE("safetensors: a Git LFS pointer is reported as such", "[weights][error]") {
  const Failure failure =
      refusal("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 605157884\n");
  CHECK(failure.code == "MAGIC");
  CHECK_THAT(failure.message, Contains("Git LFS pointer"));
}

TEST_CASE("safetensors: S32 tensors need no alignment", "[weights]") {
  for (std::size_t padding = 0; padding < 4; ++padding) {
    const std::string header = joined({object(tensor("a", "F32", "2", "0,8")), std::string(padding, ' ')});
    std::string file = file_of(header, 8);
    const float values[] = {0.25F, 3.0F};
    std::memcpy(file.data() + 8 + header.size(), values, 8);
    const Tensor floats = to_float(parse_safetensors(as_bytes(file), "f")[0].tensor);
    CHECK(floats.data()[0] == 0.25F);
    CHECK(floats.data()[1] == 3.0F);
  }
}

TEST_CASE("safetensors: a file truncated at any byte is rejected", "[weights][error]") {
  const std::string file =
      file_of(object(tensor("a", "F32", "2", "0,8"), tensor("b", "U8", "3", "8,11")), 11);
  CHECK(code(file).empty());
  for (std::size_t size = 0; size < file.size(); ++size) CHECK(code(file.substr(0, size)) == "TRUNC");
}

TEST_CASE("safetensors: is recognised by its first bytes", "[weights]") {
  const Safetensors format;
  CHECK(format.recognizes(as_bytes(file_of("{}"))));
  CHECK_FALSE(format.recognizes(as_bytes("PK\x03\x04 a zip of pytorch")));
  CHECK(format.recognizes(as_bytes(file_of(" {}"))));
  CHECK_FALSE(format.recognizes(as_bytes(file_of("[]"))));
  CHECK(format.recognizes(as_bytes(with_length(16 << 20, "{"))));
  CHECK_FALSE(format.recognizes(as_bytes(with_length((16 << 20) + 1, "{"))));
  CHECK_FALSE(format.recognizes(as_bytes("short")));
  CHECK_FALSE(format.recognizes(as_bytes("")));
  CHECK(format.name() == "safetensors");
}
