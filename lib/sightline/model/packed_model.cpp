// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/packed_model.h"

#include <utility>

#include "sightline/base/error.h"
#include "sightline/model/config_openclip.h"
#include "sightline/model/expected_weights.h"
#include "sightline/model/self_check.h"

namespace sightline {
namespace {

constexpr std::string_view kPreprocessor = "preprocessor_config.json";
constexpr std::string_view kProbesPart = "self_check.embeddings";

PackedRole role_of(WeightUse use) {
  switch (use) {
    case WeightUse::matrix:
      return PackedRole::matrix;
    case WeightUse::table:
      return PackedRole::table;
    case WeightUse::vector:
      break;
  }
  return PackedRole::vector;
}

}  // namespace

std::vector<PackedTensor> packed_tensors(const ModelConfig& config) {
  std::vector<PackedTensor> tensors;
  for (ExpectedWeight& weight : expected_weights(config))
    tensors.push_back({std::move(weight.name), weight.shape, role_of(weight.use)});
  tensors.push_back({std::string(kProbesPart),
                     Shape{check_images(config) + check_texts(config), config.projection_dim},
                     PackedRole::probes});
  return tensors;
}

std::shared_ptr<const PackedFile> open_packed_model(const std::string& path) {
  bool needs_preprocessor = false;
  std::shared_ptr<const PackedFile> file =
      PackedFile::open(path, [&](std::string_view name, std::string_view text) {
        const bool openclip = name == kPackedOpenCLIPConfig;
        const ModelConfig config =
            openclip ? openclip_config(text, name) : ModelConfig::from_json(text, name);
        needs_preprocessor = config.has_vision && !openclip;
        return packed_tensors(config);
      });
  if (needs_preprocessor && !file->contains(kPreprocessor))
    fail(ErrorCode::missing, path, "does not contain " + std::string(kPreprocessor));
  return file;
}

}  // namespace sightline
