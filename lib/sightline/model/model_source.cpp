// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/model_source.h"

#include <filesystem>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/files/stand_in.h"
#include "sightline/model/config_gguf.h"
#include "sightline/model/config_keras.h"
#include "sightline/model/config_openclip.h"
#include "sightline/model/config_shapes.h"
#include "sightline/model/model_folder.h"
#include "sightline/model/processor_files.h"
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

// A checkpoint of one tower (CLIPTextModel, CLIPVisionModelWithProjection, ...) is no model for both.
void check_towers(const Weights& weights, const std::string& file) {
  std::int64_t images = 0, texts = 0;
  for (const std::string& name : weights.names()) {
    images += name.starts_with("vision_model.") ? 1 : 0;
    texts += name.starts_with("text_model.") ? 1 : 0;
  }
  if (images > 0 && texts > 0) return;
  if (images == 0 && texts == 0) {
    fail(ErrorCode::missing, file, "holds neither an image tower nor a text tower of a CLIP");
  }
  fail(ErrorCode::missing, file,
       std::string(images > 0 ? "holds no text tower (text_model.*), only an image tower of "
                              : "holds no image tower (vision_model.*), only a text tower of ") +
           std::to_string(images + texts) + " tensors; a whole CLIP has both");
}

/// Finds the files beside the weights and says which were used.
class Opener {
 public:
  explicit Opener(LoadedModel& model) : model_(model), folder_(model.source.folder) {}

  /// Errors: unsupported, by the name of the model that config.json says this is.
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
      model_.config =
          is_keras_config(text, kConfig) ? keras_config(text, kConfig) : CLIPConfig::from_json(text, kConfig);
    } else {
      read_config_from_weights(dialect);
    }
  }

  void read_preprocessor() {
    const std::string& dialect = model_.source.dialect;
    const std::int64_t image_size = model_.config.vision.image_size;
    std::string& used = model_.source.preprocessor;
    if (dialect == "gguf") {
      model_.preprocessor = gguf_preprocessor(model_.weights, image_size);
    } else if (model_.source.config.ends_with(kOpenCLIPConfig)) {
      model_.preprocessor =
          openclip_preprocessor(text_of(kOpenCLIPConfig, used), kOpenCLIPConfig, image_size);
    } else if (std::optional<ImageSettings> settings = read_image_settings(folder_)) {
      model_.preprocessor = std::move(settings->config);
      model_.source.image_class = std::move(settings->named);
      used = std::move(settings->file);
    } else if (has(kImageConverter)) {
      model_.preprocessor =
          keras_image_converter(text_of(kImageConverter, used), kImageConverter, image_size);
    } else {
      model_.preprocessor = PreprocessorConfig::defaults(image_size);
      // What a weight file of OpenAI's or KerasCV's is prepared with is no guess.
      if (dialect != "openai" && dialect != "kerascv") {
        const std::string side = std::to_string(image_size);
        model_.source.assumptions.push_back(
            "neither processor_config.json nor preprocessor_config.json says how images are prepared: as for "
            "OpenAI's models, " +
            side + " x " + side);
      }
    }
  }

 private:
  bool has(std::string_view name) const { return file_exists(join_path(folder_, name)); }

  std::string text_of(std::string_view name, std::string& used) const {
    used = join_path(folder_, name);
    return std::string(as_text(read_model_file(used, kMaxConfigBytes)));
  }

  void read_config_from_weights(const std::string& dialect) {
    const auto& facts = model_.weights.metadata();
    if (const auto inside = facts.find(std::string(kConfig)); inside != facts.end()) {  // a .keras archive's
      model_.config = keras_config(inside->second, kConfig);
      return;
    }
    if (dialect == "openai" || dialect == "kerascv") {
      model_.config = config_from_shapes(model_.weights);
      set_heads_of_64(model_.config);
      return;
    }
    if (dialect == "openclip") {
      fail(ErrorCode::missing, kOpenCLIPConfig,
           "is not beside the weights, and they do not say whether the model was trained with quick_gelu or "
           "gelu");
    }
    fail(ErrorCode::missing, join_path(folder_, kConfig), "does not exist");
  }

  LoadedModel& model_;
  const std::string& folder_;
};

// The weights; those under names of other models are refused by what config.json calls the model, where it
// does.
Checkpoint load_known(const std::string& place, std::string_view dialect, const Opener& opener) {
  Checkpoint checkpoint;
  try {
    checkpoint = load_checkpoint(place, dialect);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::unsupported) opener.check_kind();
    throw;
  }
  if (checkpoint.dialect == "hf") opener.check_kind();
  return checkpoint;
}

}  // namespace

LoadedModel open_model(const std::string& path, std::string_view dialect) {
  LoadedModel model;
  const std::string place = model_place(path);
  model.source.path = path;
  model.source.folder = folder_of(place);
  Opener opener(model);
  Checkpoint checkpoint = load_known(place, dialect, opener);
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
