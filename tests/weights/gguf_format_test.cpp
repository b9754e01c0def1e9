// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/gguf_format.h"

#include <sstream>

#include "sightline/containers/gguf.h"
#include "sightline/weights/gguf_quants.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using namespace std::string_literals;

namespace {

std::string golden_file(std::string_view name) { return golden_path("weights/gguf/" + std::string(name)); }

struct Expected {
  std::string file, tensor;
  std::uint64_t hash = 0;
};

// The output of gguf.quants.dequantize for every tensor of the golden files.
std::vector<Expected> dequantized() {
  std::vector<Expected> all;
  for (const std::string& line : read_lines(golden_file("dequantized.tsv"))) {
    std::istringstream parts(line);
    Expected expected;
    parts >> expected.file >> expected.tensor >> std::hex >> expected.hash;
    all.push_back(expected);
  }
  return all;
}

// Number of tensors of a file in the table: all, or only the quantized ones of a quantized file.
std::size_t comparable(const Weights& weights) {
  std::size_t deferred = 0;
  for (const std::string& name : weights.names()) deferred += weights.find(name)->is_deferred() ? 1U : 0U;
  return deferred > 0 ? deferred : weights.size();
}

std::vector<float> floats(GgufTensorType type, const std::string& block) {
  std::vector<float> values(32);
  dequantize(type, as_bytes(block), std::as_writable_bytes(std::span(values)));
  return values;
}

constexpr float kScale = 0.5F;
const std::string kScaleBits = "\x00\x38"s;  // 0.5
const std::string kLeastBits = "\x00\xC4"s;  // -4

}  // namespace

TEST_CASE("gguf: every tensor has the bits that ggml's own package computes", "[weights]") {
  const std::vector<Expected> all = dequantized();
  REQUIRE(all.size() == 180);
  std::string file;
  Weights weights;
  std::size_t seen = 0;
  for (const Expected& expected : all) {
    if (expected.file != file) {
      CHECK(seen == comparable(weights));
      file = expected.file;
      weights = Gguf().read(golden_file(file));
      seen = 0;
    }
    ++seen;
    INFO(file << ": " << expected.tensor);
    REQUIRE(weights.contains(expected.tensor));
    const Tensor values = to_float(*weights.find(expected.tensor));
    CHECK(fnv1a(values.view().flat()) == expected.hash);
  }
  CHECK(seen == comparable(weights));
}

TEST_CASE("gguf: quantized tensors are converted on demand, the others are views into the file",
          "[weights]") {
  const Weights weights = Gguf().read(golden_file("nano-q5_1.gguf"));
  const StoredTensor& matrix = weights.require("v.blk.0.ffn_down.weight", Shape{64, 32});
  CHECK(matrix.dtype == DType::f32);
  CHECK(matrix.is_deferred());
  CHECK(matrix.byte_size() == 64 * 32 * 4);
  const StoredTensor& patches = weights.require("v.patch_embd.weight", Shape{32, 3, 4, 4});
  CHECK(patches.dtype == DType::f16);
  CHECK(patches.mapped());
  CHECK(weights.require("v.class_embd", Shape{32}).dtype == DType::f32);
  CHECK(weights.require("t.token_embd.weight", Shape{64, 32}).is_deferred());
}

TEST_CASE("gguf: keys become metadata", "[weights]") {
  const Weights weights = Gguf().read(golden_file("nano-q8_0.gguf"));
  const std::map<std::string, std::string>& facts = weights.metadata();
  CHECK(facts.at("general.architecture") == "clip");
  CHECK(facts.at("general.file_type") == "8");
  CHECK(facts.at("clip.use_gelu") == "false");
  CHECK(facts.at("clip.vision.image_size") == "8");
  CHECK(facts.at("clip.vision.feed_forward_length") == "64");
  CHECK(facts.at("clip.text.attention.layer_norm_epsilon") == "1e-05");
  CHECK(facts.at("clip.vision.image_mean") == "0.48145467, 0.4578275, 0.40821072");
  CHECK(facts.at("tokenizer.ggml.tokens.size") == "64");
  CHECK_FALSE(facts.contains("tokenizer.ggml.tokens"));
}

TEST_CASE("gguf: version 2 is read like version 3", "[weights]") {
  const TempFolder folder;
  std::vector<std::uint8_t> bytes = read_bytes(golden_file("nano-q4_0.gguf"));
  REQUIRE(bytes[4] == 3);
  bytes[4] = 2;
  const std::string path =
      folder.write("v2.gguf", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  CHECK(Gguf().read(path).names() == Gguf().read(golden_file("nano-q4_0.gguf")).names());
}

TEST_CASE("gguf: is recognised by its first bytes", "[weights]") {
  const Gguf format;
  CHECK(format.name() == "gguf");
  CHECK(format.recognizes(as_bytes("GGUF\3\0\0\0"s)));
  CHECK_FALSE(format.recognizes(as_bytes("GGML")));
  CHECK_FALSE(format.recognizes(as_bytes("")));
}

TEST_CASE("gguf: text that is not UTF-8 is rejected", "[weights][error]") {
  const TempFolder folder;
  const std::string value = "\1\0\0\0\0\0\0\0k\x8\0\0\0\1\0\0\0\0\0\0\0\xFF"s;
  const std::string path =
      folder.write("w.gguf", "GGUF\3\0\0\0"s + std::string(8, '\0') + "\1"s + std::string(7, '\0') + value);
  CHECK(error_of([&] { (void)Gguf().read(path); }) == Failure{"UTF8", path + ": k: is not UTF-8"});
}

TEST_CASE("gguf: a truncated file is reported as such", "[weights][error]") {
  const TempFolder folder;
  const std::string whole = read_text(golden_file("nano-q4_1.gguf"));
  const std::string path = folder.write("w.gguf", std::string_view(whole).substr(0, whole.size() - 1));
  CHECK(error_of([&] { (void)Gguf().read(path); }).code == "TRUNC");
}

TEST_CASE("gguf: the quantized types", "[weights]") {
  for (const GgufTensorType type : {GgufTensorType::q4_0, GgufTensorType::q4_1, GgufTensorType::q5_0,
                                    GgufTensorType::q5_1, GgufTensorType::q8_0})
    CHECK(is_quantized(type));
  for (const GgufTensorType type : {GgufTensorType::f32, GgufTensorType::f16, GgufTensorType::bf16,
                                    GgufTensorType::f64, GgufTensorType::i8, GgufTensorType::i64})
    CHECK_FALSE(is_quantized(type));
}

TEST_CASE("gguf: 4 bits, low nibbles first", "[weights]") {
  std::string nibbles("\x10\x32\x54\x76\x98\xBA\xDC\xFE", 8);
  nibbles += std::string(7, '\0') + "\xF0";
  const std::vector<float> zero = floats(GgufTensorType::q4_0, kScaleBits + nibbles);
  const std::vector<float> raised = floats(GgufTensorType::q4_1, kScaleBits + kLeastBits + nibbles);
  for (std::size_t i = 0; i < 8; ++i) {
    const auto low = static_cast<float>(2 * i);
    CHECK(zero[i] == (low - 8) * kScale);
    CHECK(zero[16 + i] == (low + 1 - 8) * kScale);
    CHECK(raised[i] == low * kScale - 4);
    CHECK(raised[16 + i] == (low + 1) * kScale - 4);
  }
  CHECK(zero[15] == -4.0F);
  CHECK(zero[31] == 3.5F);
}

TEST_CASE("gguf: the fifth bits are stored separately", "[weights]") {
  const std::string fifth = "\x01\x00\x00\x80"s;  // of the first and the last element
  const std::string nibbles(16, '\x21');
  const std::vector<float> zero = floats(GgufTensorType::q5_0, kScaleBits + fifth + nibbles);
  CHECK(zero[0] == 0.5F * (17 - 16));
  CHECK(zero[1] == 0.5F * (1 - 16));
  CHECK(zero[16] == 0.5F * (2 - 16));
  CHECK(zero[31] == 0.5F * (18 - 16));
  const std::vector<float> raised = floats(GgufTensorType::q5_1, kScaleBits + kLeastBits + fifth + nibbles);
  CHECK(raised[0] == 0.5F * 17 - 4);
  CHECK(raised[1] == 0.5F * 1 - 4);
  CHECK(raised[31] == 0.5F * 18 - 4);
}

TEST_CASE("gguf: 8-bit values are signed", "[weights]") {
  std::string values(32, '\x03');
  values[1] = '\x80';
  values[31] = '\x7F';
  const std::vector<float> read = floats(GgufTensorType::q8_0, kScaleBits + values);
  CHECK(read[0] == 1.5F);
  CHECK(read[1] == -64.0F);
  CHECK(read[31] == 63.5F);
}
