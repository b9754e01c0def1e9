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
/// The preset with this name or alias; null if there is none.
const Preset* find_preset(std::string_view name);
/// The Hugging Face id (org/name) of a preset, or `name` itself if it is an id; "" for any other name.
std::string hub_repository(const std::string& name);

/// The folder or weight file of the model `name_or_path` ("" = the demo model). The path of a folder or file
/// is returned unchanged; a preset, any of its aliases, or `org/name` is searched in the Hugging Face cache
/// (`hub_cache_folder`). Nothing is downloaded. Errors: missing.
std::string locate_model(const std::string& name_or_path);

}  // namespace sightline
