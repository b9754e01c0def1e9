// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <string>
#include <vector>

#include "sightline/model/model.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string copied_model(const TempFolder& temp) {
  std::filesystem::copy(golden_path("model/nano_gelu"), temp / "m");
  return temp / "m";
}

std::vector<std::int32_t> ids_of(const std::string& model, ThreadPool* pool) {
  ModelSettings settings;
  settings.tokenizer_pool = pool;
  return Model::open(model, settings)->processor().process_text("a photo of a cat").ids;
}

}  // namespace

TEST_CASE("tokenizer ahead: texts have the same ids as without", "[model]") {
  ThreadPool pool(GENERATE(1, 2, 4));
  const std::string model = golden_path("model/nano_gelu");
  CHECK(ids_of(model, &pool) == ids_of(model, nullptr));
}

TEST_CASE("tokenizer ahead: errors are those of a tokenizer that is read later", "[model][error]") {
  ThreadPool pool(GENERATE(1, 2));
  TempFolder temp;
  const std::string model = copied_model(temp);
  const std::string file = GENERATE("vocab.json", "merges.txt", "tokenizer_config.json");
  temp.write("m/" + file, "{\"broken");
  const Failure expected = error_of([&] { ids_of(model, nullptr); });
  CHECK_FALSE(expected.code.empty());
  CHECK(error_of([&] { ids_of(model, &pool); }) == expected);
}

TEST_CASE("tokenizer ahead: an error of the model comes before one of the tokenizer", "[model][error]") {
  ThreadPool pool(2);
  TempFolder temp;
  const std::string model = copied_model(temp);
  temp.write("m/vocab.json", "{\"broken");
  ModelSettings settings;
  settings.tokenizer_pool = &pool;
  CHECK_NOTHROW(Model::open(model, settings));  // no text is encoded
  temp.write("m/config.json", "{}");
  const Failure expected = error_of([&] { Model::open(model); });
  CHECK_FALSE(expected.code.empty());
  CHECK(error_of([&] { Model::open(model, settings); }) == expected);
}
