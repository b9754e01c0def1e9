// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/model_source.h"

#include <filesystem>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/model/config_source.h"
#include "sightline/model/model_folder.h"
#include "sightline/model/packed_model.h"
#include "sightline/model/sentence_modules.h"
#include "sightline/weights/packed_metadata.h"
#include "sightline/weights/weight_format.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxConfigBytes = 64LL << 20;
constexpr std::string_view kConfig = "config.json";
constexpr std::string_view kOpenCLIPConfig = "open_clip_config.json";

std::string folder_of(const std::string& path) {
  if (is_directory(path)) return path;
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// The towers of a checkpoint, by the names of its tensors.
struct FoundTowers {
  std::int64_t images = 0, texts = 0;
};

/// Errors: missing if there is none.
FoundTowers find_towers(const Weights& weights, const std::string& file) {
  FoundTowers found;
  for (const std::string& name : weights.names()) {
    found.images += name.starts_with("vision_model.") ? 1 : 0;
    found.texts += name.starts_with("text_model.") ? 1 : 0;
  }
  if (found.images == 0 && found.texts == 0)
    fail(ErrorCode::missing, file, "contains neither the image tower nor the text tower of a CLIP model");
  return found;
}

/// Rejects a checkpoint that lacks a tower of its config.
void check_towers(const FoundTowers& found, const ModelConfig& config, const std::string& file) {
  if (config.has_text && found.texts == 0) {
    fail(ErrorCode::missing, file,
         "contains no text tower (text_model.*), only an image tower of " + std::to_string(found.images) +
             " tensors, and no config.json says that it is one alone");
  }
  if (config.has_vision && found.images == 0) {
    fail(ErrorCode::missing, file,
         "contains no image tower (vision_model.*), only a text tower of " + std::to_string(found.texts) +
             " tensors, and no config.json says that it is one alone");
  }
}

/// Errors: unsupported, with the model_type of config.json if no family has it.
void check_kind(const ModelFiles& files) {
  if (files.has(kOpenCLIPConfig) || !files.has(kConfig)) return;
  check_model_type(as_text(files.read(kConfig, kMaxConfigBytes)), kConfig);
}

// Loads the weights. If their names are unknown, the error names the model_type of config.json if possible.
Checkpoint load_weights(const std::string& model_path, std::optional<Dialect> dialect,
                        const ModelFiles& files) {
  Checkpoint checkpoint;
  try {
    checkpoint = load_checkpoint(model_path, dialect);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::unsupported) check_kind(files);
    throw;
  }
  if (checkpoint.dialect == Dialect::hf) check_kind(files);
  return checkpoint;
}

// The weights and the files of a packed model.
Checkpoint unpack(const std::string& path, std::optional<Dialect> dialect, ModelFiles& files) {
  const std::shared_ptr<const PackedFile> packed = open_packed_model(path);
  if (dialect && dialect != Dialect::hf) {
    fail(ErrorCode::mismatch, path,
         "uses the naming scheme " + std::string(dialect_name(Dialect::hf)) + ", expected " +
             std::string(dialect_name(*dialect)));
  }
  files = ModelFiles(packed);
  return {packed->weights(), path, "packed", Dialect::hf};
}

}  // namespace

LoadedModel open_model(const std::string& path, std::optional<Dialect> dialect,
                       const std::function<void(const ModelFiles&)>& use_folder) {
  LoadedModel model;
  const ModelPlace place = find_model(path);
  const std::string& model_path = place.path;
  model.source.path = path;
  Checkpoint checkpoint;
  if (is_packed_model(model_path)) {
    checkpoint = unpack(model_path, dialect, model.source.files);
  } else {
    model.source.files = ModelFiles(folder_of(model_path));
    if (use_folder) use_folder(model.source.files);
    checkpoint = place.modules.empty() ? load_weights(model_path, dialect, model.source.files)
                                       : load_checkpoint(sentence_modules_weights(place), dialect);
  }
  model.source.form = checkpoint.form;
  model.source.dialect = checkpoint.dialect;
  model.source.weights = checkpoint.file;
  model.weights = std::move(checkpoint.weights);
  const FoundTowers towers = find_towers(model.weights, model.source.weights);
  if (checkpoint.dialect != Dialect::hf) check_towers(towers, ModelConfig(), model.source.weights);
  if (!place.modules.empty()) model.source.combined_config = sentence_modules_config(place);
  const ConfigSource config =
      place.modules.empty() ? find_config(checkpoint.dialect, model.weights, model.source.files)
                            : ConfigSource{ConfigForm::modules, place.modules, model.source.combined_config};
  model.source.config = config.path;
  model.config = read_config(config, model.weights);
  check_towers(towers, model.config, model.source.weights);
  if (model.config.has_vision) read_preprocessing(config, model);
  for (const auto& [key, sentence] : model.weights.metadata()) {
    if (key.starts_with("assumed.")) model.source.assumptions.push_back(sentence);
  }
  return model;
}

}  // namespace sightline
