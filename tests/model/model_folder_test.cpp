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

Failure refusal(const TempFolder& folder) {
  return error_of([&] { (void)model_place(folder.path()); });
}

}  // namespace

TEST_CASE("model_folder: a model is its own place", "[model]") {
  const TempFolder folder;
  CHECK(model_place(folder.path()) == folder.path());
  folder.write("modules.json", kSentences);
  folder.write("model.safetensors", "");  // sentence-transformers saves its first module at the top
  CHECK(model_place(folder.path()) == folder.path());
  CHECK(model_place(folder / "model.safetensors") == folder / "model.safetensors");
}

TEST_CASE("model_folder: the one CLIPModel of sentence-transformers is opened", "[model][error]") {
  const TempFolder folder;
  folder.write("modules.json", kSentences);
  CHECK(refusal(folder).code == "MISSING");
  CHECK_THAT(refusal(folder).message, Contains("0_CLIPModel: is named in"));
  std::filesystem::create_directory(folder / "0_CLIPModel");
  CHECK(model_place(folder.path()) == folder / "0_CLIPModel");
  const auto with = [&](const std::string& path, const std::string& type) {
    folder.write("modules.json", R"([{"path": ")" + path + R"(", "type": ")" + type + R"("}])");
    return refusal(folder).code;
  };
  CHECK(
      with("0_CLIPModel", "sentence_transformers.sentence_transformer.modules.clip_model.CLIPModel").empty());
  CHECK(with("", "CLIPModel").empty());
  CHECK(with("../x", "CLIPModel") == "UNSAFE");
  CHECK(with("..", "CLIPModel") == "UNSAFE");
  CHECK(with("/etc", "CLIPModel") == "UNSAFE");
  CHECK(with("0_Transformer", "sentence_transformers.models.Transformer") == "UNSUP");
  CHECK_THAT(refusal(folder).message, Contains("the modules of sentence-transformers Transformer"));
  folder.write("modules.json", "version https://git-lfs.github.com/spec/v1\n");
  CHECK(refusal(folder).code == "MAGIC");
  folder.write("modules.json", R"([{"path": "a", "type": "CLIPModel"}, {"path": "b", "type": "CLIPModel"}])");
  CHECK(refusal(folder).code == "MISMATCH");
  CHECK_THAT(refusal(folder).message, Contains("(a, b); name the folder"));
}

TEST_CASE("model_folder: a module that changes the embeddings of a CLIPModel is refused", "[model][error]") {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "0_CLIPModel");
  const auto with = [&](const std::string& second) {
    folder.write("modules.json",
                 R"([{"path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"},)"
                 R"( {"path": "1", "type": "sentence_transformers.models.)" +
                     second + R"("}])");
    return refusal(folder);
  };
  CHECK(with("Normalize").code.empty());
  CHECK(with("Dense").code == "UNSUP");
  CHECK_THAT(with("Dense").message, Contains("CLIPModel, Dense") && Contains("name the folder"));
}

TEST_CASE("model_folder: a pipeline of diffusers says which tower is where", "[model][error]") {
  const TempFolder folder;
  const auto with = [&](const std::string& parts) {
    folder.write("model_index.json", R"({"_class_name": "StableDiffusionPipeline", )" + parts + "}");
    return refusal(folder);
  };
  const std::string text = R"("text_encoder": ["transformers", "CLIPTextModel"])";
  const std::string image = R"("image_encoder": ["transformers", "CLIPVisionModelWithProjection"])";
  const std::string none = R"("safety_checker": [null, null])";
  CHECK(with(text + ", " + none).code == "MISSING");
  CHECK_THAT(with(text).message,
             Contains("a text tower in text_encoder/ (CLIPTextModel), but no image tower"));
  CHECK_THAT(with(image).message,
             Contains("an image tower in image_encoder/ (CLIPVisionModelWithProjection), but no text tower"));
  CHECK_THAT(with(text + ", " + image).message, Contains("are two models, no single CLIP"));
  CHECK_THAT(with(none).message, Contains("no part of it is a CLIP"));
  std::filesystem::create_directory(folder / "clip_model");
  CHECK(with(text + R"(, "clip_model": ["transformers", "CLIPModel"])").code.empty());
  CHECK(model_place(folder.path()) == folder / "clip_model");
}
