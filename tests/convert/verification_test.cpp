// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/verification.h"

#include <filesystem>
#include <string>

#include "support/catch.h"
#include "support/golden.h"
#include "support/safetensors_bytes.h"
#include "support/temp_folder.h"

using namespace sightline;
using sightline::testing::golden_path;
using sightline::testing::TempFolder;

namespace {

/// What `--verify` sees when the first number of a tensor is another one in the target; "": of none.
Verification with_changed(const std::string& tensor) {
  const std::string source = golden_path("model/nano_quick_gelu");
  const TempFolder temp;
  for (const auto& entry : std::filesystem::directory_iterator(source)) {
    const std::string name = entry.path().filename().string();
    std::string bytes = sightline::testing::read_text(entry.path().string());
    if (name == "model.safetensors" && !tensor.empty())
      sightline::testing::overwrite_first(bytes, tensor, 1.5F);
    temp.write(name, bytes);
  }
  ThreadPool pool(1);
  Scratch scratch;
  Context context{pool, scratch};
  return verify(*Model::open(source), *Model::open(temp.path()), context);
}

}  // namespace

TEST_CASE("verify: the same model has no difference") {
  const Verification result = with_changed("");
  CHECK(result.tensors == 78);
  CHECK(result.different.empty());
  CHECK(result.largest == 0);
}

TEST_CASE("verify: one other number of either tower is seen") {
  const auto* tensor = GENERATE("text_projection.weight", "visual_projection.weight",
                                "vision_model.embeddings.position_embedding.weight",
                                "text_model.embeddings.position_embedding.weight");
  const Verification result = with_changed(tensor);
  CHECK(result.different == tensor);
  CHECK(result.largest > 0);
}

TEST_CASE("verify: what no embedding of a probe shows is seen as well") {
  const Verification result = with_changed("logit_scale");
  CHECK(result.different == "logit_scale");
  CHECK(result.largest == 0);
}
