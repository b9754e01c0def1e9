// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/packed_model.h"

#include <algorithm>
#include <map>

#include "sightline/model/expected_weights.h"
#include "sightline/model/model_files.h"
#include "sightline/model/model_source.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/random_model.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::size_t position(const std::vector<PackedTensor>& tensors, std::string_view name) {
  return static_cast<std::size_t>(
      std::find_if(tensors.begin(), tensors.end(), [&](const PackedTensor& t) { return t.name == name; }) -
      tensors.begin());
}

}  // namespace

TEST_CASE("packed model: it has exactly the tensors of the model", "[model][packed]") {
  std::map<std::string, std::string> expected, actual;
  for (const ExpectedWeight& weight : expected_weights(small_config()))
    expected.emplace(weight.name, to_string(weight.shape));
  const std::vector<PackedTensor> tensors = packed_tensors(small_config());
  for (const PackedTensor& tensor : tensors) {
    if (tensor.role != PackedRole::probes) actual.emplace(tensor.name, to_string(tensor.shape));
  }
  CHECK(actual == expected);
  CHECK(tensors.size() == expected.size() + 1);
}

TEST_CASE("packed model: matrices are in the order of execution, images first", "[model][packed]") {
  const std::vector<PackedTensor> tensors = packed_tensors(small_config());
  const std::string block = "vision_model.encoder.layers.1.";
  const std::vector<std::string> order = {"vision_model.embeddings.patch_embedding.weight",
                                          block + "self_attn.q_proj.weight",
                                          block + "self_attn.k_proj.weight",
                                          block + "self_attn.v_proj.weight",
                                          block + "self_attn.out_proj.weight",
                                          block + "mlp.fc1.weight",
                                          block + "mlp.fc2.weight",
                                          "visual_projection.weight",
                                          "text_model.encoder.layers.0.self_attn.q_proj.weight",
                                          "text_projection.weight"};
  for (std::size_t i = 0; i < order.size(); ++i) {
    CAPTURE(order[i]);
    REQUIRE(position(tensors, order[i]) < tensors.size());
    CHECK(tensors[position(tensors, order[i])].role == PackedRole::matrix);
    if (i > 0) CHECK(position(tensors, order[i - 1]) < position(tensors, order[i]));
  }
  for (const PackedTensor& tensor : tensors) {
    const bool is_table = tensor.name.ends_with("token_embedding.weight");
    CHECK((tensor.role == PackedRole::table) == is_table);
    if (tensor.role == PackedRole::probes) continue;
    if (tensor.shape.rank() < 2) CHECK(tensor.role == PackedRole::vector);
  }
}

TEST_CASE("packed model: a damaged file is refused with its name", "[model][packed]") {
  const TempFolder folder;
  const std::string empty = folder.write("m.sightline", ""), text = folder.write("t.sightline", "{}");
  CHECK(error_of([&] { (void)open_model(empty); }) == Failure{"TRUNC", empty + ": is empty"});
  CHECK(error_of([&] { (void)open_model(text); }).code == "MAGIC");
  CHECK(error_of([&] { (void)open_packed_model(folder / "absent"); }).code == "MISSING");
}

TEST_CASE("model files: a folder gives paths and contents", "[model][packed]") {
  const TempFolder folder;
  const std::string path = folder.write("config.json", "{}");
  const ModelFiles files = folder.path();
  CHECK(files.has("config.json"));
  CHECK_FALSE(files.has("vocab.json"));
  CHECK(files.path("config.json") == path);
  CHECK(as_text(files.read("config.json", 2)) == "{}");
  CHECK(error_of([&] { (void)files.read("config.json", 1); }).code == "LIMIT");
  CHECK(error_of([&] { (void)files.read("vocab.json", 1); }).code == "MISSING");
  const MappedBytes mapped = files.map("config.json", 2);
  CHECK(as_text(mapped.bytes) == "{}");
  CHECK(error_of([&] { (void)files.map("config.json", 1); }).code == "LIMIT");
  CHECK(error_of([&] { (void)files.map("vocab.json", 1); }).code == "MISSING");
  folder.write("merges.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n");
  CHECK(error_of([&] { (void)files.map("merges.txt", 1000); }).code == "MAGIC");
}
