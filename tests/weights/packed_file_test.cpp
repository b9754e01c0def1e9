// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/packed_file.h"

#include <cstring>
#include <limits>

#include "sightline/containers/json.h"
#include "sightline/tensor/dtype_conversion.h"
#include "sightline/weights/fingerprint.h"
#include "sightline/weights/packed_writer.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/packed_bytes.h"
#include "support/random_values.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const std::string kConfig = R"({"rows":5})", kPreprocessor = R"({"size":8})", kVocabulary = R"({"a":0})";

// A model of one vector, two matrices (one with an odd number of inputs, one with four axes) and a table,
// whose number of rows is in its config.
std::vector<PackedTensor> tensors_of(std::string_view config) {
  const JsonDocument document(config, "config.json");
  const std::int64_t rows = document.root().at("rows").as_integer(1, 1000);
  return {{"kernel", Shape{50, 3, 1, 5}, PackedRole::matrix},
          {"bias", Shape{50}, PackedRole::vector},
          {"dense", Shape{17, 7}, PackedRole::matrix},
          {"tokens", Shape{rows, 6}, PackedRole::table}};
}

Weights weights_of(std::string_view config, unsigned seed = 1) {
  Weights weights;
  for (const PackedTensor& tensor : tensors_of(config)) {
    const std::int64_t count = tensor.shape.elements();
    weights.add(tensor.name, StoredTensor::deferred(DType::f32, tensor.shape, [=](std::span<std::byte> out) {
                  const std::vector<float> values = random_values(count, seed, 1.0F);
                  std::memcpy(out.data(), values.data(), out.size());
                }));
    ++seed;
  }
  return weights;
}

void write(const std::string& path, std::string_view precision, const Weights& weights) {
  const std::vector<PackedTensor> tensors = tensors_of(kConfig);
  ThreadPool pool(2);
  OutputFile out(path, true);
  write_packed(
      out,
      {packed_precision(precision, "test"),
       tensors,
       weights,
       {{"config.json", kConfig}, {"preprocessor_config.json", kPreprocessor}, {"vocab.json", kVocabulary}},
       "a \"model\""},
      pool);
  out.commit();
}

std::string packed(std::string_view precision = "f32") {
  const TempFolder folder;
  write(folder / "m.sightline", precision, weights_of(kConfig));
  return folder.read("m.sightline");
}

std::shared_ptr<const PackedFile> opened(const std::string& file) {
  return PackedFile::parse(as_bytes(file), "M",
                           [](std::string_view, std::string_view config) { return tensors_of(config); });
}

Failure opening(const std::string& file) {
  return error_of([&] { (void)opened(file); });
}

// The file with a byte changed in the middle of the bytes `content`, and stale checksums.
std::string damaged(std::string file, const std::string& content) {
  const std::size_t at = file.find(content);
  REQUIRE(at != std::string::npos);
  file[at + content.size() / 2] ^= 1;
  return file;
}

}  // namespace

TEST_CASE("packed file: all tensors are read back with their values", "[packed]") {
  const std::string precision = GENERATE("f32", "f16");
  const std::string file = packed(precision);
  const std::shared_ptr<const PackedFile> model = opened(file);
  const Weights weights = model->weights(), source = weights_of(kConfig);
  CHECK(weights.names() == source.names());
  for (const PackedTensor& tensor : tensors_of(kConfig)) {
    const StoredTensor& stored = weights.require(tensor.name, tensor.shape);
    CHECK((stored.panels() != nullptr) == (tensor.role == PackedRole::matrix));
    const Tensor values = to_float(stored), expected = to_float(source.require(tensor.name, tensor.shape));
    for (std::int64_t i = 0; i < tensor.shape.elements(); ++i) {
      const float rounded =
          precision == "f32" ? expected.data()[i] : f16_to_float(float_to_f16(expected.data()[i]));
      CHECK(values.data()[i] == rounded);
    }
  }
  model->check();
  CHECK(model->precision().name == precision);
  CHECK(as_text(model->document("vocab.json")) == kVocabulary);
  CHECK_FALSE(model->contains("merges.txt"));
  CHECK(error_of([&] { (void)model->document("merges.txt"); }).code == "MISSING");
}

TEST_CASE("packed file: a rounded model counts as its source", "[packed]") {
  const std::string file = packed("f16");
  const std::shared_ptr<const PackedFile> model = opened(file);
  const std::string fingerprint = model_fingerprint(weights_of(kConfig));
  CHECK(model->metadata().model_fingerprint == fingerprint);
  CHECK(model->metadata().source == "a \"model\"");
  CHECK(model_fingerprint(model->weights()) == fingerprint);
  CHECK(values_fingerprint(model->weights()) != fingerprint);
}

TEST_CASE("packed file: the same model gives the same bytes, and every matrix is aligned", "[packed]") {
  const std::string file = packed();
  CHECK(file == packed());
  std::size_t first = file.size();
  for (const SafetensorsTensor& part : parse_safetensors(as_bytes(file), "")) {
    const auto offset = static_cast<std::size_t>(part.tensor.bytes().data() - as_bytes(file).data());
    if (part.name.starts_with("padding.")) continue;
    CHECK(offset % 64 == 0);
    if (part.name == "kernel" || part.name == "dense") first = std::min(first, offset);
  }
  CHECK(first % (2 << 20) == 0);
}

TEST_CASE("packed file: damage anywhere is found", "[packed]") {
  const std::string file = packed();
  const auto bytes_of = [&](const char* name) {
    for (const SafetensorsTensor& part : parse_safetensors(as_bytes(file), ""))
      if (part.name == name) return std::string(as_text(part.tensor.bytes()));
    return std::string();
  };
  CHECK(opening(damaged(file, "\"kernel\":")).code == "CORRUPT");
  CHECK(opening(damaged(file, kPreprocessor)).message ==
        "M: header and configuration: do not match their checksum; the file is damaged");
  CHECK(opening(damaged(file, bytes_of("bias"))).message ==
        "M: vectors: do not match their checksum; the file is damaged");
  const std::string vocabulary = damaged(file, kVocabulary), kernel = damaged(file, bytes_of("kernel")),
                    table = damaged(file, bytes_of("tokens"));
  CHECK(error_of([&] { (void)opened(vocabulary)->document("vocab.json"); }).message ==
        "M: tokenizer files: do not match their checksum; the file is damaged");
  for (const std::string* damaged_file : {&vocabulary, &kernel, &table})
    CHECK(error_of([&] { opened(*damaged_file)->check(); }).code == "CORRUPT");
}

TEST_CASE("packed file: a file that ends early or late is refused", "[packed]") {
  const std::string file = packed();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{45}, std::size_t{2000}, file.size() - 1})
    CHECK_THAT(opening(file.substr(0, size)).code,
               Catch::Matchers::Equals("TRUNC") || Catch::Matchers::Equals("MAGIC"));
  CHECK(opening(file.substr(0, file.size() - 1)).code == "TRUNC");
  CHECK(opening("").code == "TRUNC");
  CHECK(opening(file + "x").code == "RANGE");
  CHECK(opening("version https://git-lfs.github.com/spec/v1\n").code == "MAGIC");
  CHECK(opening(container(R"({"__metadata__":{"format":"pt"}})", "")).code == "MAGIC");
}

TEST_CASE("packed file: another version, layout or precision is named", "[packed]") {
  const std::string file = packed();
  CHECK(opening(with_header(file, R"("version":"1")", R"("version":"2")")) ==
        Failure{"UNSUP", "M: __metadata__.version: is '2', but this program reads '1'"});
  CHECK(opening(with_header(file, "panels-48", "panels-64")).code == "UNSUP");
  CHECK(opening(with_header(file, R"("precision":"f32")", R"("precision":"f64")")) ==
        Failure{"UNSUP",
                "M: __metadata__.precision: has the precision 'f64', which is not supported, expected "
                "one of f32, f16, bf16, int8"});
  // The version is checked before anything that a later version may define in another way.
  CHECK(opening(damaged(with_header(file, R"("version":"1")", R"("version":"2")"), kPreprocessor)).code ==
        "UNSUP");
}

TEST_CASE("packed file: malformed metadata is refused", "[packed]") {
  const std::string file = packed();
  CHECK(opening(with_header(file, R"("version":"1",)", "")).code == "HEADER");
  CHECK(opening(with_header(file, R"("version":"1")", R"("version":1)")).code == "HEADER");
  CHECK(opening(with_header(file, R"("program":)", R"("programme":)")).code == "HEADER");
  CHECK(
      opening(with_header(file, R"("sightline.model_fingerprint":")", R"("sightline.model_fingerprint":"x)"))
          .code == "HEADER");
  CHECK(opening(with_header(file, R"("version":"1")", R"("version":"1","version":"1")")).code == "DUP");
}

TEST_CASE("packed file: parts must be exactly those of the model", "[packed]") {
  const std::string file = packed();
  CHECK(opening(with_header(file, R"("kernel":)", R"("colonel":)")).code == "MISSING");
  CHECK(opening(with_header(file, R"("bias":)", R"("kernel":)")).code == "DUP");
  CHECK(opening(with_header(file, R"("files/vocab.json":)", R"("files/notes.txt":)")).code == "MISMATCH");
  CHECK(opening(with_header(file, R"("files/config.json":)", R"("files/other.json":)")).code == "MISSING");
  CHECK(opening(with_header(file, R"("sightline.checksums":)", R"("checksums":)")).code == "MISSING");
  // An empty part between two others keeps the container valid.
  CHECK(opening(with_header(file, R"("bias":)",
                            R"("extra":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"bias":)"))
            .code == "MISMATCH");
  CHECK(
      opening(with_header(file, R"({"dtype":"F32","shape":[50],)", R"({"dtype":"I32","shape":[50],)")).code ==
      "MISMATCH");
  CHECK(opening(with_header(file, R"({"dtype":"F32","shape":[50],)", R"({"dtype":"F32","shape":[25,2],)"))
            .code == "MISMATCH");
  CHECK(opening(with_header(file, R"("shape":[64,15],)", R"("shape":[15,64],)")).code == "MISMATCH");
}

TEST_CASE("packed file: impossible sizes and offsets are refused", "[packed]") {
  const std::string file = packed();
  CHECK(opening(with_header(file, R"("shape":[64,15],)", R"("shape":[9223372036854775807,15],)")).code ==
        "RANGE");
  CHECK(opening(with_header(file, R"("shape":[64,15],)", R"("shape":[-64,15],)")).code == "HEADER");
  CHECK(opening(with_header(file, R"("data_offsets":[0,160])", R"("data_offsets":[0,161])")).code == "RANGE");
  CHECK(opening(with_header(file, R"("data_offsets":[0,160])", R"("data_offsets":[160,0])")).code == "RANGE");
  CHECK(opening(with_header(file, R"("data_offsets":[0,160])", R"("data_offsets":[0,1e99])")).code ==
        "HEADER");
}

TEST_CASE("packed file: misplaced parts and a wrong alignment are refused", "[packed]") {
  const std::string file = packed();
  const std::string header = header_of(file), data = file.substr(8 + header.size());
  // A longer header moves the matrices away from their alignment.
  CHECK(opening(with_checksums(container(header + std::string(64, ' '), data))).code == "MISMATCH");
  std::uint64_t length = header.size() + 1;
  std::string odd = std::string(reinterpret_cast<const char*>(&length), 8) + header + " " + data;
  CHECK(opening(with_checksums(odd)).code == "RANGE");
}

TEST_CASE("packed file: a config that does not match the parts, or is not JSON, is refused", "[packed]") {
  std::string file = packed();
  const std::size_t at = file.find(kConfig);
  const auto with_config = [&](const std::string& config) {
    REQUIRE(config.size() == kConfig.size());
    return with_checksums(std::string(file).replace(at, config.size(), config));
  };
  CHECK(opening(with_config(R"({"rows":6})")).code == "MISMATCH");
  CHECK(opening(with_config(R"({"rows":0})")).code == "RANGE");
  CHECK(opening(with_config(R"({"rows":5])")).code == "HEADER");
  CHECK(opening(with_config("{\"ro\xFFs\":5}")).code == "UTF8");
}

TEST_CASE("packed file: weights that are not finite are not written, and are found", "[packed]") {
  const TempFolder folder;
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Weights weights = weights_of(kConfig);
    (void)weights.extract("dense");
    weights.add("dense", StoredTensor::deferred(DType::f32, Shape{17, 7}, [=](std::span<std::byte> out) {
                  for (std::size_t i = 0; i < out.size(); i += 4) std::memcpy(out.data() + i, &value, 4);
                }));
    CHECK(error_of([&] { write(folder / "m.sightline", "f32", weights); }).code == "CORRUPT");
    CHECK_FALSE(folder.has("m.sightline"));
  }
  // 1e9 is not a float16.
  Weights weights = weights_of(kConfig);
  (void)weights.extract("dense");
  weights.add("dense", StoredTensor::deferred(DType::f32, Shape{17, 7}, [](std::span<std::byte> out) {
                const float large = 1e9F;
                for (std::size_t i = 0; i < out.size(); i += 4) std::memcpy(out.data() + i, &large, 4);
              }));
  CHECK(error_of([&] { write(folder / "m.sightline", "f16", weights); }).code == "RANGE");

  std::string file = packed();
  for (const SafetensorsTensor& part : parse_safetensors(as_bytes(file), "")) {
    if (part.name != "dense") continue;
    const float nan = std::numeric_limits<float>::quiet_NaN();
    std::memcpy(file.data() + (part.tensor.bytes().data() - as_bytes(file).data()), &nan, sizeof nan);
  }
  file = with_checksums(file);
  const std::shared_ptr<const PackedFile> model = opened(file);
  model->check();
  CHECK(error_of([&] { check_finite(model->weights(), ""); }) ==
        Failure{"CORRUPT", "dense: contains a NaN or an infinity, expected finite weights"});
}

TEST_CASE("packed file: it is recognised by its content, and by its name if damaged", "[packed]") {
  const TempFolder folder;
  write(folder / "model", "f32", weights_of(kConfig));
  CHECK(is_packed_model(folder / "model"));
  CHECK(is_packed_model(folder.write("empty.sightline", "")));
  CHECK_FALSE(is_packed_model(folder.write("other", "{}")));
  CHECK_FALSE(is_packed_model(folder / "absent.sightline"));
  CHECK_FALSE(is_packed_model(folder.path()));
  CHECK(origin_of_packed_model(folder / "model").source == "a \"model\"");
  CHECK(origin_of_packed_model(folder / "model").precision == "f32");
  CHECK(origin_of_packed_model(folder.write("cut", folder.read("model").substr(0, 3000))).source ==
        "a \"model\"");
  CHECK(origin_of_packed_model(folder / "empty.sightline").source.empty());
  CHECK(origin_of_packed_model(folder / "absent").source.empty());
}
