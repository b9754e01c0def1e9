// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/model_folder.h"

#include <filesystem>

#include "sightline/model/model_source.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

constexpr const char* kSentences =
    R"([{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}])";

Failure failure_of(const TempFolder& folder) {
  return error_of([&] { (void)find_model(folder.path()); });
}

}  // namespace

TEST_CASE("model_folder: the path of a model resolves to itself", "[model]") {
  const TempFolder folder;
  CHECK(find_model(folder.path()).path == folder.path());
  folder.write("modules.json", kSentences);
  folder.write("model.safetensors", "");  // sentence-transformers saves its first module at the top
  CHECK(find_model(folder.path()).path == folder.path());
  CHECK(find_model(folder / "model.safetensors").path == folder / "model.safetensors");
}

TEST_CASE("model_folder: the one CLIPModel of sentence-transformers is opened", "[model][error]") {
  const TempFolder folder;
  folder.write("modules.json", kSentences);
  CHECK(failure_of(folder).code == "MISSING");
  CHECK_THAT(failure_of(folder).message, Contains("0_CLIPModel: is named in"));
  std::filesystem::create_directory(folder / "0_CLIPModel");
  CHECK(find_model(folder.path()).path == folder / "0_CLIPModel");
  const auto with = [&](const std::string& path, const std::string& type) {
    folder.write("modules.json", R"([{"path": ")" + path + R"(", "type": ")" + type + R"("}])");
    return failure_of(folder).code;
  };
  CHECK(
      with("0_CLIPModel", "sentence_transformers.sentence_transformer.modules.clip_model.CLIPModel").empty());
  CHECK(with("", "CLIPModel").empty());
  CHECK(with("../x", "CLIPModel") == "UNSAFE");
  CHECK(with("..", "CLIPModel") == "UNSAFE");
  CHECK(with("/etc", "CLIPModel") == "UNSAFE");
  CHECK(with("0_Transformer", "sentence_transformers.models.Transformer") == "UNSUP");
  CHECK_THAT(failure_of(folder).message, Contains("the sentence-transformers modules Transformer"));
  folder.write("modules.json", "version https://git-lfs.github.com/spec/v1\n");
  CHECK(failure_of(folder).code == "MAGIC");
  folder.write("modules.json", R"([{"path": "a", "type": "CLIPModel"}, {"path": "b", "type": "CLIPModel"}])");
  CHECK(failure_of(folder).code == "MISMATCH");
  CHECK_THAT(failure_of(folder).message, Contains("(a, b); pass the folder"));
}

TEST_CASE("model_folder: a text model of sentence-transformers has three modules", "[model][error]") {
  const TempFolder folder;
  const auto with = [&](std::initializer_list<const char*> types) {
    std::string list;
    for (const std::string type : types) {
      list += list.empty() ? "" : ", ";
      list += R"({"path": ")" + (type == "Transformer" ? "" : type) +
              R"(", "type": "sentence_transformers.models.)" + type + R"("})";
    }
    folder.write("modules.json", "[" + list + "]");
    return failure_of(folder);
  };
  CHECK(with({"Transformer", "Pooling", "Dense"}).code == "MISSING");
  for (const char* name : {"Pooling", "Dense"}) std::filesystem::create_directory(folder / name);
  CHECK(with({"Transformer", "Pooling", "Dense"}).code.empty());
  const ModelPlace place = find_model(folder.path());
  CHECK(place.path == folder.path());
  CHECK(place.modules == folder / "modules.json");
  CHECK(place.pooling == folder / "Pooling");
  CHECK(place.dense == folder / "Dense");
  folder.write("model.safetensors", "");
  CHECK(find_model(folder.path()).dense == folder / "Dense");
  CHECK(with({"Transformer", "Pooling", "Dense", "Normalize"}).code.empty());
  CHECK(with({"Transformer", "Dense", "Pooling"}).code == "UNSUP");
  CHECK(with({"Transformer", "Pooling", "Dense", "LayerNorm"}).code == "UNSUP");
  CHECK_THAT(with({"Transformer", "Pooling", "Dense", "Dense"}).message,
             Contains("Transformer, Pooling, Dense, Dense, expected"));
}

TEST_CASE("model_folder: a module that changes the embeddings of a CLIPModel is an error", "[model][error]") {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "0_CLIPModel");
  const auto with = [&](const std::string& second) {
    folder.write("modules.json",
                 R"([{"path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"},)"
                 R"( {"path": "1", "type": "sentence_transformers.models.)" +
                     second + R"("}])");
    return failure_of(folder);
  };
  CHECK(with("Normalize").code.empty());
  CHECK(with("Dense").code == "UNSUP");
  CHECK_THAT(with("Dense").message, Contains("CLIPModel, Dense") && Contains("pass the folder"));
}

TEST_CASE("model_folder: the error for a diffusers pipeline tells where each tower is", "[model][error]") {
  const TempFolder folder;
  const auto with = [&](const std::string& parts) {
    folder.write("model_index.json", R"({"_class_name": "StableDiffusionPipeline", )" + parts + "}");
    return failure_of(folder);
  };
  const std::string text = R"("text_encoder": ["transformers", "CLIPTextModel"])";
  const std::string image = R"("image_encoder": ["transformers", "CLIPVisionModelWithProjection"])";
  const std::string none = R"("safety_checker": [null, null])";
  CHECK(with(text + ", " + none).code == "MISSING");
  CHECK_THAT(with(text).message,
             Contains("a text tower in text_encoder/ (CLIPTextModel), but no image tower"));
  CHECK_THAT(with(image).message,
             Contains("an image tower in image_encoder/ (CLIPVisionModelWithProjection), but no text tower"));
  CHECK_THAT(with(text + ", " + image).message, Contains("are two models, not a single CLIP model"));
  CHECK_THAT(with(none).message, Contains("none of its parts is a CLIP model"));
  std::filesystem::create_directory(folder / "clip_model");
  CHECK(with(text + R"(, "clip_model": ["transformers", "CLIPModel"])").code.empty());
  CHECK(find_model(folder.path()).path == folder / "clip_model");
}
