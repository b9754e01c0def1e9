// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// KerasCV's four presets and the Hugging Face ids that hold their weights.
struct Preset {
  std::string name;
  std::string repository;
  std::vector<std::string> aliases;  ///< OpenAI's and OpenCLIP's names: "ViT-B/32", "ViT-B-32"
};
const std::vector<Preset>& presets();
/// The preset of this name, whichever of its names that is; null when there is none.
const Preset* find_preset(std::string_view name);
/// The Hugging Face id, org/name, that a preset or an id names; "" for any other name.
std::string hub_repository(const std::string& name);

/// The folder or weight file of the model `name_or_path` ("" = the demo model): a folder or a file as it is,
/// a preset by any of its names or `org/name` through the Hugging Face cache (`hub_cache_folder`). Nothing is
/// downloaded. Errors: missing.
std::string locate_model(const std::string& name_or_path);

}  // namespace sightline
