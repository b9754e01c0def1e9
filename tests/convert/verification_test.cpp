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

/// The result of `verify` if the first number of a tensor differs in the target; "" changes no tensor.
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

TEST_CASE("verify: a single changed number in either tower is found") {
  const auto* tensor = GENERATE("text_projection.weight", "visual_projection.weight",
                                "vision_model.embeddings.position_embedding.weight",
                                "text_model.embeddings.position_embedding.weight");
  const Verification result = with_changed(tensor);
  CHECK(result.different == tensor);
  CHECK(result.largest > 0);
}

TEST_CASE("verify: a change that does not affect any probe is found") {
  const Verification result = with_changed("logit_scale");
  CHECK(result.different == "logit_scale");
  CHECK(result.largest == 0);
}
