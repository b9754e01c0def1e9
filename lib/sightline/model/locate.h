#pragma once

#include <string>
#include <vector>

namespace sightline {

/// KerasCV's four presets and the Hugging Face ids that hold their weights.
struct Preset {
  std::string name;
  std::string repository;
};
const std::vector<Preset>& presets();

/// The folder or weight file of the model `name_or_path` ("" = the demo model): a folder or a file as it is,
/// a preset or `org/name` through the Hugging Face cache ($HF_HUB_CACHE, $HF_HOME/hub,
/// ~/.cache/huggingface/hub). Nothing is downloaded. Errors: missing, with the command that gets it.
std::string locate_model(const std::string& name_or_path);

/// The folder of data that ships with the program, looked for beside the executable
/// (in the build folder, installed, or moved together with its data). Errors: missing.
std::string data_folder();

}  // namespace sightline
