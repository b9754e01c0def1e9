// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <limits>

#include "sightline/tensor/dtype_conversion.h"
#include "sightline/weights/fingerprint.h"
#include "sightline/weights/packed_file.h"
#include "sightline/weights/packed_writer.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/packed_bytes.h"
#include "support/random_values.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN(),
                kInfinity = std::numeric_limits<float>::infinity();

// A plain matrix of odd sizes, one with factors, one that is kept, a vector, a table and the probes.
std::vector<PackedTensor> tensors() {
  return {{"plain", Shape{50, 3, 1, 5}, PackedRole::matrix}, {"smooth", Shape{17, 7}, PackedRole::matrix},
          {"kept", Shape{20, 6}, PackedRole::matrix},        {"bias", Shape{50}, PackedRole::vector},
          {"tokens", Shape{5, 6}, PackedRole::table},        {"probes", Shape{3, 4}, PackedRole::probes}};
}

void normalize(std::span<float> row) {
  double squares = 0;
  for (const float value : row) squares += double{value} * double{value};
  for (float& value : row) value = static_cast<float>(value / std::sqrt(squares));
}

class Source {
 public:
  Source() {
    unsigned seed = 1;
    for (const PackedTensor& tensor : tensors()) {
      values_.push_back(random_values(tensor.shape.elements(), seed++));
      const StoredTensor stored(DType::f32, tensor.shape, std::as_bytes(std::span(values_.back())));
      if (tensor.role != PackedRole::probes) weights.add(tensor.name, stored);
    }
    const std::vector<float> factors = {1, 2, 0.5F, 1, 1, 1, 4};
    content.matrices.emplace("plain", quantize_panels(*weights.find("plain")));
    content.matrices.emplace("smooth", quantize_panels(*weights.find("smooth"), factors));
    content.probe_embeddings = Tensor(Shape{3, 4});
    std::ranges::copy(values_.back(), content.probe_embeddings.data());
    for (std::int64_t row = 0; row < 3; ++row) normalize(content.probe_embeddings.view().row(row));
    content.cosine = 0.99925;
  }

  std::string packed() const {
    const TempFolder folder;
    ThreadPool pool(2);
    const std::vector<PackedTensor> all = tensors();
    OutputFile out(folder / "m.sightline", true);
    write_packed(out,
                 {packed_precision("int8", "test"),
                  all,
                  weights,
                  {{"config.json", "{}"}, {"preprocessor_config.json", "{}"}, {"vocab.json", "{}"}},
                  "model",
                  &content},
                 pool);
    out.commit();
    return folder.read("m.sightline");
  }

  Weights weights;
  QuantizedContent content;

 private:
  std::vector<std::vector<float>> values_;
};

std::shared_ptr<const PackedFile> opened(const std::string& file) {
  return PackedFile::parse(as_bytes(file), "M", [](std::string_view, std::string_view) { return tensors(); });
}

Failure opening(const std::string& file) {
  return error_of([&] { (void)opened(file); });
}

// The file with another first number in a part, and checksums that match it.
template <class Number>
std::string with_number(std::string file, std::string_view part, Number number) {
  for (const SafetensorsTensor& found : parse_safetensors(as_bytes(file), "")) {
    if (found.name != part) continue;
    std::memcpy(file.data() + (found.tensor.bytes().data() - as_bytes(file).data()), &number, sizeof number);
    return with_checksums(file);
  }
  FAIL("no part " << part);
  return {};
}

}  // namespace

TEST_CASE("packed int8: matrices, scales and the self-check are read back", "[packed]") {
  const Source source;
  const std::string file = source.packed();
  CHECK(file == source.packed());
  const std::shared_ptr<const PackedFile> model = opened(file);
  const Weights weights = model->weights();
  CHECK(weights.names() == source.weights.names());
  for (const char* name : {"plain", "smooth"}) {
    const StoredPanels& panels = *weights.find(name)->panels();
    const Int8Panels& expected = source.content.matrices.at(name);
    CHECK(std::ranges::equal(panels.bytes, expected.bytes()));
    CHECK(panels.bytes.data() >= as_bytes(file).data());  // in place
    CHECK(std::ranges::equal(panels.scales.columns, expected.scales().columns));
    CHECK(std::ranges::equal(panels.scales.sums, expected.scales().sums));
    CHECK(std::ranges::equal(panels.scales.inputs, expected.scales().inputs));
  }
  CHECK(weights.find("kept")->panels()->layout.element() == DType::f16);
  CHECK(weights.find("tokens")->dtype == DType::f16);
  CHECK(std::ranges::equal(weights.find("bias")->bytes(), source.weights.find("bias")->bytes()));
  CHECK(std::ranges::equal(model->probe_embeddings().bytes(), source.content.probe_embeddings.bytes()));
  CHECK(model->metadata().cosine == 0.99925);
  model->check();
}

TEST_CASE("packed int8: the rounded model counts as its source", "[packed]") {
  const Source source;
  const std::string file = source.packed();
  const Weights weights = opened(file)->weights();
  CHECK(values_fingerprint(weights) != values_fingerprint(source.weights));
  CHECK(model_fingerprint(weights) == model_fingerprint(source.weights));
}

TEST_CASE("packed int8: impossible scales, sums and factors are refused", "[packed]") {
  const std::string file = Source().packed();
  for (const char* part : {"plain.scales", "smooth.factors"}) {
    INFO(part);
    CHECK(opening(with_number(file, part, kNan)) ==
          Failure{"CORRUPT",
                  "M: " + std::string(part) + ": contains a NaN or an infinity, expected finite numbers"});
    CHECK(opening(with_number(file, part, kInfinity)).code == "CORRUPT");
    CHECK(opening(with_number(file, part, -1.0F)).code == "RANGE");
  }
  CHECK(opening(with_number(file, "plain.scales", -0.5F)) ==
        Failure{"RANGE", "M: plain.scales: contains -0.5, expected 0 to 3.4028235e+38"});
  CHECK(opening(with_number(file, "smooth.factors", 0.0F)).code == "RANGE");
  CHECK(opening(with_number(file, "smooth.factors", 0x1p21F)).code == "RANGE");
  for (const std::int32_t sum : {15 * 127 + 1, -15 * 127 - 1, std::numeric_limits<std::int32_t>::max(),
                                 std::numeric_limits<std::int32_t>::min()})
    CHECK(opening(with_number(file, "plain.sums", sum)).code == "RANGE");
  CHECK(opening(with_number(file, "plain.scales", 0.0F)).code.empty());
  CHECK(opening(with_number(file, "plain.sums", std::int32_t{15 * 127})).code.empty());
}

TEST_CASE("packed int8: embeddings of the self-check must be normalised", "[packed]") {
  const std::string file = Source().packed();
  for (const float value : {kNan, kInfinity}) {
    CHECK(opening(with_number(file, "probes", value)) ==
          Failure{"CORRUPT", "M: probes: contains a NaN or an infinity, expected finite numbers"});
  }
  CHECK(opening(with_number(file, "probes", 1e38F)) ==
        Failure{"RANGE", "M: probes: has a row 0 of norm 9.999999680285692e+37, expected 1"});
  CHECK(opening(with_number(file, "probes", 2.0F)).code == "RANGE");
}

TEST_CASE("packed int8: integers that do not match their sums are found by a check", "[packed]") {
  const std::string file = Source().packed();
  const auto check = [](const std::string& damaged) { return error_of([&] { opened(damaged)->check(); }); };
  CHECK(check(with_number(file, "plain.sums", std::int32_t{15 * 127})).code == "CORRUPT");
  const Failure wrong = check(with_number(file, "smooth", std::int8_t{-128}));
  CHECK(wrong == Failure{"CORRUPT", "M: smooth: contains the integer -128, expected -127 to 127"});
  const auto first = std::to_integer<std::int8_t>(opened(file)->weights().find("plain")->panels()->bytes[0]);
  const auto other = static_cast<std::int8_t>(first > 0 ? first - 1 : first + 1);
  CHECK_THAT(check(with_number(file, "plain", other)).message,
             Catch::Matchers::StartsWith("M: plain: has integers with the sum "));
}

TEST_CASE("packed int8: parts must be those of the matrices that are quantized", "[packed]") {
  const std::string file = Source().packed();
  // Without its scales, the matrix is one that is kept, and the parts after them are in other places.
  CHECK(opening(with_header(file, R"("plain.scales":)", R"("plain.scalez":)")).code == "RANGE");
  CHECK(opening(with_header(file, R"("plain.sums":)", R"("plain.zums":)")).code == "MISSING");
  CHECK(opening(with_header(file, R"("smooth.factors":)", R"("smooth.factorz":)")).code == "RANGE");
  CHECK(opening(with_header(file, R"("smooth.factors":)", R"("plain.factors":)")).code == "MISMATCH");
  CHECK(opening(with_header(file, R"("probes":)", R"("probez":)")).code == "MISSING");
  CHECK(
      opening(with_header(file, R"({"dtype":"I32","shape":[50],)", R"({"dtype":"F32","shape":[50],)")).code ==
      "MISMATCH");
  CHECK(opening(with_header(file, R"({"dtype":"I32","shape":[50],)", R"({"dtype":"I32","shape":[5,10],)"))
            .code == "MISMATCH");
  CHECK(opening(with_header(file, R"("precision":"int8")", R"("precision":"f32")")).code == "RANGE");
}

TEST_CASE("packed int8: the stored cosine must be one", "[packed]") {
  const std::string file = Source().packed(), stored = R"("self_check.cosine":"0.99925")";
  const auto with_cosine = [&](const std::string& text) {
    return opening(with_header(file, stored, R"("self_check.cosine":")" + text + '"'));
  };
  CHECK(with_cosine("-1.0000").code.empty());
  CHECK(with_cosine("1.5") ==
        Failure{"RANGE", "M: __metadata__.self_check.cosine: is 1.5, expected -1 to 1"});
  CHECK(with_cosine("nan").code == "RANGE");
  CHECK(with_cosine("0.9x").code == "HEADER");
  CHECK(with_cosine("").code == "HEADER");
  CHECK(opening(with_header(file, stored, R"("self_check":"0.99925")")).code == "HEADER");
}

TEST_CASE("packed int8: weights that cannot be stored are not written", "[packed]") {
  Source source;
  source.content.probe_embeddings = Tensor(Shape{3, 5});
  CHECK(error_of([&] { (void)source.packed(); }).code == "MISMATCH");
  Source other;
  other.content.matrices.erase("smooth");
  other.content.matrices.emplace("smooth", quantize_panels(*other.weights.find("kept")));
  CHECK(error_of([&] { (void)other.packed(); }).code == "MISMATCH");
}
