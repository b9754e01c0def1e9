// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/gguf.h"

#include "containers/gguf_bytes.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

constexpr std::uint32_t kF32 = 0, kF16 = 1, kQ8 = 8, kI8 = 24;
constexpr std::uint32_t kU8 = 0, kU32 = 4, kI32 = 5, kBool = 7, kString = 8, kArray = 9, kU64 = 10, kF64 = 12;

Failure refusal(const std::string& file) {
  return error_of([&] { (void)parse_gguf(as_bytes(file), "f"); });
}
std::string code(const std::string& file) { return refusal(file).code; }
std::string code(const GgufFile& file) { return code(file.bytes()); }

// Two tensors and a value: the starting point of the bad files.
GgufFile good() {
  GgufFile file;
  file.value("n", kU32, u32(7)).tensor("a", {3, 2}, kF32, 24).tensor("b", {32}, kQ8, 34);
  return file;
}

}  // namespace

TEST_CASE("gguf: tensors are views into the file with the outermost dimension first", "[io]") {
  const std::string file = good().bytes();
  const GgufContents contents = parse_gguf(as_bytes(file), "f");
  CHECK(contents.version == 3);
  CHECK(contents.alignment == 32);
  REQUIRE(contents.tensors.size() == 2);
  const GgufTensor& a = contents.tensors[0];
  CHECK(a.name == "a");
  CHECK(a.type == GgufTensorType::f32);
  CHECK(a.shape == std::vector<std::int64_t>{2, 3});
  CHECK(as_text(a.bytes) == file.substr(file.size() - 96, 24));
  CHECK(contents.tensors[1].type == GgufTensorType::q8_0);
  CHECK(as_text(contents.tensors[1].bytes) == file.substr(file.size() - 64, 34));
}

TEST_CASE("gguf: values as text", "[io]") {
  GgufFile file;
  file.version = 2;
  file.value("u8", 0, "\xFF").value("i8", 1, "\xFF").value("u16", 2, "\xFE\xFF").value("i16", 3, "\xFE\xFF");
  file.value("u32", 4, u32(4'000'000'000)).value("i32", 5, u32(0xFFFFFFFF)).value("f32", 6, le(1e-5F));
  file.value("yes", 7, "\x01").value("no", 7, "\0"s).value("text", 8, gguf_string("two towers"));
  file.value("u64", 10, u64(UINT64_MAX)).value("i64", 11, u64(UINT64_MAX)).value("f64", 12, le(0.1));
  file.array("mean", 6, 3, le(0.48145466F) + le(0.5F) + le(-2.0F)).array("none", 4, 0, "");
  file.array("tokens", 8, 2, gguf_string("a</w>") + gguf_string(""));
  const std::string bytes = file.bytes();
  const GgufContents contents = parse_gguf(as_bytes(bytes), "f");
  CHECK(contents.version == 2);
  std::string all;
  for (const GgufValue& value : contents.values) all += value.key + "=" + gguf_text(value) + "\n";
  CHECK(all ==
        "u8=255\ni8=-1\nu16=65534\ni16=-2\nu32=4000000000\ni32=-1\nf32=1e-05\nyes=true\nno=false\n"
        "text=two towers\nu64=18446744073709551615\ni64=-1\nf64=0.1\nmean=0.48145467, 0.5, -2\nnone=\n"
        "tokens=a</w>, \n");
  CHECK(gguf_strings(contents.values.back()) == std::vector<std::string_view>{"a</w>", ""});
  CHECK(contents.values.back().is_array);
  CHECK(contents.values.back().count == 2);
  CHECK(gguf_strings(contents.values.front()).empty());
}

TEST_CASE("gguf: G01 other files and versions", "[io][error]") {
  GgufFile file = good();
  file.magic = "FUGG";
  CHECK(code(file) == "MAGIC");
  CHECK(code("") == "TRUNC");
  CHECK_FALSE(has_gguf_magic(as_bytes("GGU")));
  CHECK(has_gguf_magic(as_bytes("GGUF")));
  file = good();
  file.version = GENERATE(0U, 1U, 4U, 0x03000000U);
  CHECK(code(file) == "UNSUP");
}

TEST_CASE("gguf: G01 a big-endian file is reported as such", "[io][error]") {
  GgufFile file = good();
  file.version = 0x03000000;
  CHECK(refusal(file.bytes()).message == "f: is big-endian, expected little-endian");
}

TEST_CASE("gguf: G02 impossible counts", "[io][error]") {
  const std::uint64_t count = GENERATE(UINT64_MAX, std::uint64_t{1} << 63, std::uint64_t{1} << 40);
  CHECK(code("GGUF"s + u32(3) + u64(count) + u64(0) + std::string(40, '\0')) == "RANGE");
  CHECK(code("GGUF"s + u32(3) + u64(0) + u64(count) + std::string(40, '\0')) == "RANGE");
}

TEST_CASE("gguf: G02 more entries than any model needs", "[io][error]") {
  const std::string many(2'000'000, '\0');
  CHECK(code("GGUF"s + u32(3) + u64(65'537) + u64(0) + many) == "LIMIT");
  CHECK(code("GGUF"s + u32(3) + u64(0) + u64(65'537) + many) == "LIMIT");
  CHECK(code("GGUF"s + u32(3) + u64(65'536) + u64(0)) == "TRUNC");
}

TEST_CASE("gguf: G03 invalid keys", "[io][error]") {
  GgufFile file;
  file.values = {u64(std::uint64_t{1} << 63) + "k"};
  CHECK(code(file) == "RANGE");
  CHECK(code(GgufFile().value("", kU32, u32(1))) == "HEADER");
  CHECK(code(GgufFile().value("a\0b"s, kU32, u32(1))) == "HEADER");
  CHECK(code(GgufFile().value("\xFF", kU32, u32(1))) == "UTF8");
  CHECK(code(GgufFile().value("k", kU32, u32(1)).value("k", kU8, "\1")) == "DUP");
  CHECK(code(GgufFile().value(std::string(65'535, 'k'), kU8, "\1")).empty());
  CHECK(code(GgufFile().value(std::string(65'536, 'k'), kU8, "\1")) == "LIMIT");
}

TEST_CASE("gguf: G04 invalid types and arrays", "[io][error]") {
  CHECK(code(GgufFile().value("k", 13, u32(1))) == "TYPE");
  CHECK(code(GgufFile().value("k", 0xFFFFFFFF, u32(1))) == "TYPE");
  CHECK(code(GgufFile().array("k", kArray, 1, u32(kU8) + u64(0))) == "TYPE");
  CHECK(code(GgufFile().array("k", 13, 1, u32(1))) == "TYPE");
  const std::uint32_t type = GENERATE(kU8, kF64, kBool, kString);
  CHECK(code(GgufFile().array("k", type, std::uint64_t{1} << 62, "")) == "RANGE");
  CHECK(code(GgufFile().array("k", type, std::uint64_t{1} << 32, "")) == "TRUNC");
}

TEST_CASE("gguf: G05 a string longer than the file", "[io][error]") {
  CHECK(code(GgufFile().value("k", kString, u64(1000) + "short")) == "TRUNC");
  CHECK(code(GgufFile().value("k", kString, u64(std::uint64_t{1} << 40))) == "TRUNC");
  CHECK(code(GgufFile().value("k", kString, u64(std::uint64_t{1} << 63))) == "RANGE");
  CHECK(code(GgufFile().array("k", kString, 2, gguf_string("a") + u64(1000))) == "TRUNC");
  CHECK(code(GgufFile().value("k", kString, gguf_string(std::string((16 << 20) + 1, 's')))) == "LIMIT");
  CHECK(code(GgufFile().value("k", kString, gguf_string(std::string(16 << 20, 's')))).empty());
}

TEST_CASE("gguf: G06 alignments", "[io][error]") {
  const auto aligned = [](std::uint32_t type, const std::string& bytes) {
    return code(GgufFile().value("general.alignment", type, bytes));
  };
  CHECK(aligned(kU32, u32(64)).empty());
  CHECK(aligned(kU32, u32(1)).empty());
  CHECK(aligned(kU32, u32(1 << 20)).empty());
  CHECK(aligned(kU32, u32(0)) == "RANGE");
  CHECK(aligned(kU32, u32(13)) == "RANGE");
  CHECK(aligned(kU32, u32(1 << 21)) == "RANGE");
  CHECK(aligned(kU32, u32(std::uint32_t{1} << 31)) == "RANGE");
  CHECK(aligned(kI32, u32(32)) == "TYPE");
  CHECK(aligned(kU64, u64(32)) == "TYPE");
  CHECK(code(GgufFile().array("general.alignment", kU32, 1, u32(32))) == "TYPE");
}

TEST_CASE("gguf: tensor offsets respect the alignment of the file", "[io]") {
  const std::size_t alignment = GENERATE(1U, 2U, 64U);
  GgufFile file;
  file.alignment = alignment;
  file.value("general.alignment", kU32, u32(static_cast<std::uint32_t>(alignment)));
  file.tensor("a", {3}, kI8, 3).tensor("b", {2}, kF32, 8);
  const std::string bytes = file.bytes();
  const GgufContents contents = parse_gguf(as_bytes(bytes), "f");
  CHECK(contents.alignment == static_cast<std::int64_t>(alignment));
  CHECK(as_text(contents.tensors[0].bytes) == "\0\1\2"s);
  CHECK(as_text(contents.tensors[1].bytes) == "\0\1\2\3\4\5\6\7"s);
}

TEST_CASE("gguf: G07 more dimensions than ggml supports", "[io][error]") {
  CHECK(code(GgufFile().entry("a", {1, 1, 1, 1, 1}, kF32, 0)) == "RANGE");
  GgufFile file;
  file.tensors = {gguf_string("a") + u32(0xFFFFFFFF) + std::string(64, '\0')};
  CHECK(code(file) == "RANGE");
  CHECK(code(GgufFile().tensor("a", {1, 1, 1, 1}, kF32, 4)).empty());
  const std::string scalar = GgufFile().tensor("a", {}, kF32, 4).bytes();
  CHECK(parse_gguf(as_bytes(scalar), "f").tensors[0].shape.empty());
}

TEST_CASE("gguf: G08 impossible dimensions", "[io][error]") {
  const auto sized = [](const std::vector<std::uint64_t>& sides) {
    return code(GgufFile().entry("a", sides, kF32, 0));
  };
  CHECK(sized({0}) == "RANGE");
  CHECK(sized({3, 0}) == "RANGE");
  CHECK(sized({UINT64_MAX}) == "RANGE");
  CHECK(sized({(std::uint64_t{1} << 42) + 1}) == "RANGE");
  CHECK(sized({std::uint64_t{1} << 32, std::uint64_t{1} << 31}) == "RANGE");
  CHECK(sized({std::uint64_t{1} << 31, std::uint64_t{1} << 30}) == "RANGE");
  CHECK(sized({std::uint64_t{1} << 40}) == "TRUNC");
  CHECK(sized({(std::uint64_t{1} << 40) + 1}) == "RANGE");
}

TEST_CASE("gguf: G08 sizes that overflow to the size of the data", "[io][error]") {
  // 242,243,305 x 19,037,413,721 = 2^62 + 1: times four bytes, or four such rows, it is 4 once more.
  const std::uint64_t inner = 242'243'305, outer = 19'037'413'721;
  REQUIRE(inner * outer == (std::uint64_t{1} << 62) + 1);
  CHECK(code(GgufFile().tensor("a", {inner, outer}, kF32, 4)) == "RANGE");
  CHECK(code(GgufFile().tensor("a", {inner, outer, 4}, kI8, 4)) == "RANGE");
  // One tensor that ends just below 2^63, behind a header that leads above it.
  CHECK(code(GgufFile().entry("a", {14'504'896, 635'879'915'089}, kI8, 0)) == "RANGE");
}

TEST_CASE("gguf: G09 two tensors whose padding overflows", "[io][error]") {
  const std::vector<std::uint64_t> sides = {14'504'896, 635'879'915'089};  // 2^63 - 64
  GgufFile file;
  const std::uint64_t bytes = sides[0] * sides[1];
  REQUIRE(bytes == 0x7FFFFFFFFFFFFFC0);
  file.entry("a", sides, kI8, 0).entry("b", sides, kI8, bytes);
  CHECK(code(file) == "RANGE");
}

TEST_CASE("gguf: G10 tensor types", "[io][error]") {
  const std::uint32_t unknown = GENERATE(255U, 0xFFFFFFFFU, 4U, 5U, 31U, 33U, 36U, 38U, 42U);
  CHECK(code(GgufFile().entry("a", {32}, unknown, 0)) == "TYPE");
}

TEST_CASE("gguf: an unsupported ggml type is named", "[io][error]") {
  CHECK(refusal(GgufFile().entry("a", {256}, 12, 0).bytes()) ==
        Failure{"UNSUP", "f: a: is of type q4_k, expected f32, f16, bf16, q8_0, q4_0, q4_1, q5_0 or q5_1"});
}

TEST_CASE("gguf: G11 rows that are not whole blocks", "[io][error]") {
  const std::uint32_t type = GENERATE(2U, 3U, 6U, 7U, 8U);
  CHECK(code(GgufFile().entry("a", {48, 2}, type, 0)) == "RANGE");
  CHECK(code(GgufFile().entry("a", {}, type, 0)) == "RANGE");
}

TEST_CASE("gguf: G12 tensor names", "[io][error]") {
  const auto named = [](const std::string& name) { return code(GgufFile().tensor(name, {1}, kF32, 4)); };
  CHECK(code(GgufFile().tensor("a", {1}, kF32, 4).tensor("a", {1}, kF32, 4)) == "DUP");
  CHECK(named(std::string(1 << 20, 'n')) == "LIMIT");
  CHECK(named(std::string(64, 'n')) == "LIMIT");
  CHECK(named(std::string(63, 'n')).empty());
  CHECK(named("") == "HEADER");
  CHECK(named("a\0"s) == "HEADER");
  CHECK(named("\xC0\xAF") == "UTF8");
}

TEST_CASE("gguf: G13 wrong tensor offsets", "[io][error]") {
  const std::uint64_t offset =
      GENERATE(std::uint64_t{0}, 4U, 31U, 64U, 1U << 20, UINT64_MAX, std::uint64_t{1} << 63);
  GgufFile file;
  file.tensor("a", {1}, kF32, 4).entry("b", {1}, kF32, offset);
  file.data += std::string(64, '\0');
  CHECK(code(file) == "RANGE");
}

TEST_CASE("gguf: G14 a file truncated at any byte is rejected", "[io][error]") {
  GgufFile whole = good();
  whole.array("t", kString, 2, gguf_string("x") + gguf_string("y")).value("b", kBool, "\1");
  const std::string file = whole.bytes();
  CHECK(code(file).empty());
  for (std::size_t size = 0; size < file.size(); ++size) CHECK(code(file.substr(0, size)) == "TRUNC");
  CHECK(code(file + "behind").empty());  // as llama.cpp
}

TEST_CASE("gguf: G15 an array of 2^63 elements in a file of a few bytes", "[io][error]") {
  const std::uint32_t type = GENERATE(kU8, kF64, kString);
  const std::string file = "GGUF"s + u32(3) + u64(0) + u64(1) + gguf_string("k") + u32(kArray) + u32(type);
  CHECK(code(file + u64(std::uint64_t{1} << 63)) == "RANGE");
  CHECK(code(file + u64(UINT64_MAX)) == "RANGE");
}

TEST_CASE("gguf: a file without tensors and values", "[io]") {
  CHECK(code(GgufFile()).empty());
  CHECK(code("GGUF"s + u32(2) + u64(0) + u64(0)).empty());
  CHECK(code(GgufFile().value("k", kU32, u32(1))).empty());
  CHECK(code(GgufFile().tensor("h", {2, 1, 1, 2}, kF16, 8)).empty());
}
