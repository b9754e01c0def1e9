// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/locate.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sightline/base/error.h"
#include "support/catch.h"

using namespace sightline;
namespace fs = std::filesystem;

namespace {

/// A temporary folder to which the cache variables point during the test.
class TemporaryCache {
 public:
  TemporaryCache() {
    std::string pattern = (fs::temp_directory_path() / "sightline-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    setenv("HF_HUB_CACHE", pattern.c_str(), 1);
  }
  ~TemporaryCache() {
    unsetenv("HF_HUB_CACHE");
    fs::remove_all(folder_);
  }
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

}  // namespace

TEST_CASE("locate: the four presets are KerasCV's", "[model]") {
  REQUIRE(presets().size() == 4);
  CHECK(presets()[3].name == "clip-vit-large-patch14-336");
  CHECK(presets()[1].repository == "openai/clip-vit-base-patch32");
}

TEST_CASE("locate: presets have OpenAI's and OpenCLIP's names as aliases", "[model]") {
  const TemporaryCache cache;
  for (const Preset& preset : presets()) {
    const fs::path root = cache.folder() / ("models--openai--" + preset.name);
    fs::create_directories(root / "snapshots" / "abc123");
    REQUIRE(preset.aliases.size() == 2);
    for (const std::string& alias : preset.aliases) {
      REQUIRE(find_preset(alias) == &preset);
      CHECK(locate_model(alias) == (root / "snapshots" / "abc123").string());
    }
    CHECK(find_preset(preset.name) == &preset);
  }
  CHECK(find_preset("ViT-L/14@336px") == &presets()[3]);
  CHECK(find_preset("ViT-B-32") == &presets()[1]);
  for (const char* other : {"", "ViT-B", "ViT-B/32/", "vit-b-32", "openai/clip-vit-base-patch32"})
    CHECK(find_preset(other) == nullptr);
}

TEST_CASE("locate: the error for a URL names the id to use", "[model][error]") {
  for (const char* address :
       {"https://huggingface.co/a/b", "https://huggingface.co/a/b/tree/main", "hf-hub:a/b"})
    CHECK_THROWS_WITH(locate_model(address), Contains("Hugging Face cache: a/b"));
  CHECK_THROWS_WITH(locate_model("hf-hub:a"), Contains("expected a folder, a preset or org/name"));
  CHECK_THROWS_WITH(locate_model("hf-hub:../b"), Contains("expected a folder"));
}

TEST_CASE("locate: the path of a folder or file is returned unchanged; a missing one is an error",
          "[model]") {
  const TemporaryCache cache;
  CHECK(locate_model(cache.folder().string()) == cache.folder().string());
  CHECK_THROWS_WITH(locate_model("./no/such/folder"), Contains("does not exist"));
  CHECK_THROWS_WITH(locate_model("clip-vit-base"), Contains("clip-vit-base-patch32"));
  std::ofstream(cache.folder() / "weights.bin") << "x";
  CHECK(locate_model((cache.folder() / "weights.bin").string()) == (cache.folder() / "weights.bin").string());
}

TEST_CASE("locate: presets and ids are found through refs/main of the Hugging Face cache", "[model]") {
  const TemporaryCache cache;
  CHECK_THROWS_WITH(locate_model("clip-vit-base-patch32"), Contains("is not in the Hugging Face cache"));
  const fs::path root = cache.folder() / "models--openai--clip-vit-base-patch32";
  fs::create_directories(root / "snapshots" / "abc123");
  fs::create_directories(root / "snapshots" / "older");
  fs::create_directories(root / "refs");
  std::ofstream(root / "refs" / "main") << "abc123";
  CHECK(locate_model("clip-vit-base-patch32") == (root / "snapshots" / "abc123").string());
  CHECK(locate_model("openai/clip-vit-base-patch32") == (root / "snapshots" / "abc123").string());
}

TEST_CASE("locate: a hostile refs/main or id never leaves the cache", "[model][error]") {
  const TemporaryCache cache;
  const fs::path root = cache.folder() / "models--a--b";
  fs::create_directories(root / "refs");
  fs::create_directories(root / "snapshots");
  std::ofstream(root / "refs" / "main") << "../../..";
  CHECK_THROWS_AS(locate_model("a/b"), Error);
  CHECK_THROWS_AS(locate_model("../b"), Error);
  CHECK_THROWS_AS(locate_model("a/.."), Error);
}
