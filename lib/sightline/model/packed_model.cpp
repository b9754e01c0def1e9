// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/packed_model.h"

#include <utility>

#include "sightline/base/error.h"
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
  bool has_images = false;
  std::shared_ptr<const PackedFile> file = PackedFile::open(path, [&](std::string_view text) {
    const ModelConfig config = ModelConfig::from_json(text, "config.json");
    has_images = config.has_vision;
    return packed_tensors(config);
  });
  if (has_images && !file->contains(kPreprocessor))
    fail(ErrorCode::missing, path, "does not contain " + std::string(kPreprocessor));
  return file;
}

}  // namespace sightline
