// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_source.h"

#include <optional>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/model/config_gguf.h"
#include "sightline/model/config_keras.h"
#include "sightline/model/config_openclip.h"
#include "sightline/model/config_shapes.h"
#include "sightline/model/family.h"
#include "sightline/model/processor_files.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxConfigBytes = 64LL << 20;
constexpr std::string_view kConfig = "config.json";
constexpr std::string_view kOpenCLIPConfig = "open_clip_config.json";
constexpr std::string_view kImageConverter = "image_converter.json";

std::string text_of(const ModelFiles& files, std::string_view name) {
  return std::string(as_text(files.read(name, kMaxConfigBytes)));
}

// The weights themselves, if they are sufficient.
ConfigSource config_of_weights(Dialect dialect, const Weights& weights, const ModelFiles& files) {
  const auto config = weights.metadata().find(std::string(kConfig));
  if (config != weights.metadata().end()) return {ConfigForm::keras, "", config->second};  // .keras archive
  if (dialect == Dialect::openai || dialect == Dialect::kerascv) return {};
  if (dialect == Dialect::openclip) {
    fail(ErrorCode::missing, kOpenCLIPConfig,
         "does not exist, and the weights do not tell whether the model uses quick_gelu or gelu");
  }
  fail(ErrorCode::missing, files.path(kConfig), "does not exist");
}

void assume_preprocessing(LoadedModel& model) {
  const std::int64_t image_size = model.config.vision.image_size;
  const Family& family = *model.config.family;
  model.preprocessor = default_preprocessor(family.image_processor, image_size);
  // For weight files of OpenAI and KerasCV the preprocessing is known, not assumed.
  const Dialect dialect = model.source.dialect;
  if (dialect == Dialect::openai || dialect == Dialect::kerascv) return;
  const std::string side = std::to_string(image_size);
  const std::string size = model.config.vision.is_naflex()
                               ? "at most " + std::to_string(model.config.vision.max_patches) + " patches"
                               : side + " x " + side;
  model.source.assumptions.push_back(
      "neither processor_config.json nor preprocessor_config.json defines the image preprocessing; using "
      "that "
      "of " +
      std::string(&family == &clip_family() ? "OpenAI's" : family.title) + " models, " + size);
}

// A NaFlex tower takes images of its patches, and no other tower does.
void check_patches(const ImageTowerConfig& tower, const PreprocessorConfig& image) {
  const bool patches = image.pipeline.resize == ResizeMode::patches;
  const std::int64_t size = patches ? image.pipeline.height : 0;
  const std::int64_t expected = tower.is_naflex() ? tower.patch_size : 0;
  if (size == expected) return;
  const auto text = [](std::int64_t side) {
    return side == 0 ? "images of a fixed size" : "patches of " + std::to_string(side) + " pixels";
  };
  fail(ErrorCode::mismatch, image.origin,
       "gives " + text(size) + ", but the image tower expects " + text(expected));
}

}  // namespace

ConfigSource find_config(Dialect dialect, const Weights& weights, const ModelFiles& files) {
  if (dialect == Dialect::gguf) return {ConfigForm::gguf, "", ""};
  const bool is_openclip =
      dialect == Dialect::openclip || dialect == Dialect::openai || files.packed() != nullptr;
  if (is_openclip && files.has(kOpenCLIPConfig))
    return {ConfigForm::openclip, files.path(kOpenCLIPConfig), text_of(files, kOpenCLIPConfig)};
  if (!files.has(kConfig)) return config_of_weights(dialect, weights, files);
  ConfigSource source{ConfigForm::transformers, files.path(kConfig), text_of(files, kConfig)};
  if (is_keras_config(source.text, kConfig)) source.form = ConfigForm::keras;
  return source;
}

ModelConfig read_config(const ConfigSource& source, const Weights& weights) {
  switch (source.form) {
    case ConfigForm::transformers:
      return ModelConfig::from_json(source.text, kConfig);
    case ConfigForm::openclip:
      return openclip_config(source.text, kOpenCLIPConfig);
    case ConfigForm::keras:
      return keras_config(source.text, kConfig);
    case ConfigForm::gguf:
      return gguf_config(weights);
    case ConfigForm::modules:
      return ModelConfig::from_json(source.text, "modules.json");
    case ConfigForm::shapes:
      break;
  }
  ModelConfig config = config_from_shapes(weights);
  set_heads_of_64(config);
  return config;
}

void read_preprocessing(const ConfigSource& source, LoadedModel& model) {
  const ModelFiles& files = model.source.files;
  const std::int64_t image_size = model.config.vision.image_size;
  std::string& path = model.source.preprocessor;
  if (source.form == ConfigForm::gguf) {
    model.preprocessor = gguf_preprocessor(model.weights, image_size);
  } else if (source.form == ConfigForm::openclip) {
    path = source.path;
    model.preprocessor = openclip_preprocessor(source.text, kOpenCLIPConfig, image_size);
    // CLIP itself is prepared as transformers does, as from any other source.
    if (model.config.family != &clip_family()) model.preprocessor.pipeline.rule = PixelRule::openai;
  } else if (std::optional<ImageSettings> settings = read_image_settings(files)) {
    model.preprocessor = std::move(settings->config);
    model.source.image_class = std::move(settings->class_name);
    path = std::move(settings->file);
  } else if (files.has(kImageConverter)) {
    path = files.path(kImageConverter);
    model.preprocessor = keras_image_converter(text_of(files, kImageConverter), kImageConverter, image_size);
  } else {
    assume_preprocessing(model);
  }
  check_patches(model.config.vision, model.preprocessor);
}

}  // namespace sightline
