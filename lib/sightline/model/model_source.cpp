// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/model_source.h"

#include <filesystem>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/model/config_gguf.h"
#include "sightline/model/config_keras.h"
#include "sightline/model/config_openclip.h"
#include "sightline/model/config_shapes.h"
#include "sightline/model/model_folder.h"
#include "sightline/model/packed_model.h"
#include "sightline/model/processor_files.h"
#include "sightline/weights/names.h"
#include "sightline/weights/packed_metadata.h"
#include "sightline/weights/weight_format.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxConfigBytes = 64LL << 20;
constexpr std::string_view kConfig = "config.json";
constexpr std::string_view kOpenCLIPConfig = "open_clip_config.json";
constexpr std::string_view kImageConverter = "image_converter.json";

std::string folder_of(const std::string& path) {
  if (is_directory(path)) return path;
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// Rejects a checkpoint with one tower (CLIPTextModel, CLIPVisionModelWithProjection, ...).
void check_towers(const Weights& weights, const std::string& file) {
  std::int64_t images = 0, texts = 0;
  for (const std::string& name : weights.names()) {
    images += name.starts_with("vision_model.") ? 1 : 0;
    texts += name.starts_with("text_model.") ? 1 : 0;
  }
  if (images > 0 && texts > 0) return;
  if (images == 0 && texts == 0) {
    fail(ErrorCode::missing, file, "contains neither the image tower nor the text tower of a CLIP model");
  }
  fail(ErrorCode::missing, file,
       std::string(images > 0 ? "contains no text tower (text_model.*), only an image tower of "
                              : "contains no image tower (vision_model.*), only a text tower of ") +
           std::to_string(images + texts) + " tensors; a CLIP model needs both");
}

/// Reads the files next to the weights and records which were used.
class Opener {
 public:
  explicit Opener(LoadedModel& model) : model_(model), files_(model.source.files) {}

  /// Errors: unsupported, with the model_type of config.json if it is not CLIP.
  void check_kind() const {
    if (has(kOpenCLIPConfig) || !has(kConfig)) return;
    std::string path;
    check_model_type(text_of(kConfig, path), kConfig);
  }

  void read_config() {
    const std::string& dialect = model_.source.dialect;
    if (dialect == "gguf") {
      model_.config = gguf_config(model_.weights);
    } else if ((dialect == "openclip" || dialect == "openai") && has(kOpenCLIPConfig)) {
      model_.config = openclip_config(text_of(kOpenCLIPConfig, model_.source.config), kOpenCLIPConfig);
    } else if (has(kConfig)) {
      const std::string text = text_of(kConfig, model_.source.config);
      model_.config = is_keras_config(text, kConfig) ? keras_config(text, kConfig)
                                                     : ModelConfig::from_json(text, kConfig);
    } else {
      read_config_from_weights(dialect);
    }
  }

  void read_preprocessor() {
    const std::string& dialect = model_.source.dialect;
    const std::int64_t image_size = model_.config.vision.image_size;
    std::string& path = model_.source.preprocessor;
    if (dialect == "gguf") {
      model_.preprocessor = gguf_preprocessor(model_.weights, image_size);
    } else if (model_.source.config.ends_with(kOpenCLIPConfig)) {
      model_.preprocessor =
          openclip_preprocessor(text_of(kOpenCLIPConfig, path), kOpenCLIPConfig, image_size);
    } else if (std::optional<ImageSettings> settings = read_image_settings(files_)) {
      model_.preprocessor = std::move(settings->config);
      model_.source.image_class = std::move(settings->class_name);
      path = std::move(settings->file);
    } else if (has(kImageConverter)) {
      model_.preprocessor =
          keras_image_converter(text_of(kImageConverter, path), kImageConverter, image_size);
    } else {
      model_.preprocessor = PreprocessorConfig::defaults(image_size);
      // For weight files of OpenAI and KerasCV the preprocessing is known, not assumed.
      if (dialect != "openai" && dialect != "kerascv") {
        const std::string side = std::to_string(image_size);
        model_.source.assumptions.push_back(
            "neither processor_config.json nor preprocessor_config.json defines the image preprocessing; "
            "using that of OpenAI's models, " +
            side + " x " + side);
      }
    }
  }

 private:
  bool has(std::string_view name) const { return files_.has(name); }

  std::string text_of(std::string_view name, std::string& path) const {
    path = files_.path(name);
    return std::string(as_text(files_.read(name, kMaxConfigBytes)));
  }

  void read_config_from_weights(const std::string& dialect) {
    const auto& metadata = model_.weights.metadata();
    if (const auto config = metadata.find(std::string(kConfig));
        config != metadata.end()) {  // .keras archive
      model_.config = keras_config(config->second, kConfig);
      return;
    }
    if (dialect == "openai" || dialect == "kerascv") {
      model_.config = config_from_shapes(model_.weights);
      set_heads_of_64(model_.config);
      return;
    }
    if (dialect == "openclip") {
      fail(ErrorCode::missing, kOpenCLIPConfig,
           "does not exist, and the weights do not tell whether the model uses quick_gelu or gelu");
    }
    fail(ErrorCode::missing, files_.path(kConfig), "does not exist");
  }

  LoadedModel& model_;
  const ModelFiles& files_;
};

// Loads the weights. If their names are unknown, the error names the model_type of config.json if possible.
Checkpoint load_weights(const std::string& model_path, std::string_view dialect, const Opener& opener) {
  Checkpoint checkpoint;
  try {
    checkpoint = load_checkpoint(model_path, dialect);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::unsupported) opener.check_kind();
    throw;
  }
  if (checkpoint.dialect == "hf") opener.check_kind();
  return checkpoint;
}

// The weights and the files of a packed model.
Checkpoint unpack(const std::string& path, std::string_view dialect, ModelFiles& files) {
  const std::shared_ptr<const PackedFile> packed = open_packed_model(path);
  const std::string_view names = hf_name_map().name;
  if (!dialect.empty() && dialect != names) {
    fail(ErrorCode::mismatch, path,
         "uses the naming scheme " + std::string(names) + ", expected " + std::string(dialect));
  }
  files = ModelFiles(packed);
  return {packed->weights(), path, "packed", std::string(names)};
}

}  // namespace

LoadedModel open_model(const std::string& path, std::string_view dialect,
                       const std::function<void(const ModelFiles&)>& use_folder) {
  LoadedModel model;
  const std::string model_path = resolve_model_path(path);
  model.source.path = path;
  Opener opener(model);
  Checkpoint checkpoint;
  if (is_packed_model(model_path)) {
    checkpoint = unpack(model_path, dialect, model.source.files);
  } else {
    model.source.files = ModelFiles(folder_of(model_path));
    if (use_folder) use_folder(model.source.files);
    checkpoint = load_weights(model_path, dialect, opener);
  }
  model.source.form = checkpoint.form;
  model.source.dialect = checkpoint.dialect;
  model.source.weights = checkpoint.file;
  model.weights = std::move(checkpoint.weights);
  check_towers(model.weights, model.source.weights);
  opener.read_config();
  opener.read_preprocessor();
  for (const auto& [key, sentence] : model.weights.metadata()) {
    if (key.starts_with("assumed.")) model.source.assumptions.push_back(sentence);
  }
  return model;
}

}  // namespace sightline
