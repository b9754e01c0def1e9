// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/model.h"

#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/log.h"
#include "sightline/model/config_section.h"
#include "sightline/model/locate.h"
#include "sightline/ops/gemm_precision.h"

namespace sightline {
namespace {

// Settings take precedence over the model's files.
PreprocessorConfig with_settings(PreprocessorConfig config, const ModelSettings& settings) {
  config.pipeline.exif = settings.exif;
  if (settings.pixel_rule) config.pipeline.rule = *settings.pixel_rule;
  if (config.pipeline.rule == PixelRule::openai) config.pipeline.alpha = Alpha::drop;
  if (settings.alpha) config.pipeline.alpha = *settings.alpha;
  if (settings.max_patches) config.pipeline.max_patches = static_cast<std::int32_t>(*settings.max_patches);
  return config;
}

ModelConfig with_settings(ModelConfig config, const ModelSettings& settings) {
  if (!settings.max_patches) return config;
  if (!config.vision.is_naflex()) {
    fail(ErrorCode::unsupported, "max_patches",
         "is set, but the images of this model have a fixed size, " +
             std::to_string(config.vision.image_size) + "x" + std::to_string(config.vision.image_size));
  }
  if (*settings.max_patches < 1 || *settings.max_patches > kMaxPatches) {
    fail(ErrorCode::range, "max_patches",
         "is " + std::to_string(*settings.max_patches) + ", expected 1 to " + std::to_string(kMaxPatches));
  }
  config.vision.max_patches = *settings.max_patches;
  return config;
}

// A packed model is computed as it was packed if that is the type requested: an int8 file may have matrices
// that are not quantized.
const GemmBackend& backend_of(const ModelSettings& settings, const ModelSource& source) {
  const PackedFile* packed = source.files.packed();
  const bool as_stored = packed != nullptr && settings.dtype == packed->precision().matrices;
  return gemm_backend(settings.backend, as_stored ? std::nullopt : settings.dtype);
}

const GemmBackend& logged_backend(const ModelSettings& settings, const ModelSource& source) {
  const GemmBackend& backend = backend_of(settings, source);
  log_debug("matrix products: " + backend.description());
  return backend;
}

void check_complete(const Weights& weights) {
  const std::vector<std::string> unused = weights.unused();
  if (unused.empty()) return;
  fail(ErrorCode::mismatch, unused.front(),
       "is in the weights but not used by a model of this config (" + std::to_string(unused.size()) +
           " such tensors)");
}

Processor::TokenizerLoader tokenizer_loader(const ModelFiles& files, const ModelConfig& config,
                                            TextCleaning cleaning, std::shared_ptr<TokenizerAhead> ahead) {
  return [=, ahead = std::move(ahead)] {
    try {
      return load_tokenizer(files, config, cleaning, ahead.get());
    } catch (const Error& error) {
      throw error.within(files.place());
    }
  };
}

std::optional<Head> optional_head(const Weights& weights, const ModelConfig& config) {
  if (!config.has_both_towers()) return std::nullopt;
  return Head(WeightScope(weights), config.head);
}

bool all_finite(TensorView<const float> embeddings) {
  return is_finite({DType::f32, embeddings.shape(), std::as_bytes(embeddings.flat())});
}

}  // namespace

Model::Model(LoadedModel loaded, const ModelSettings& settings, std::shared_ptr<TokenizerAhead> tokenizer)
    : source_(std::move(loaded.source)),
      config_(with_settings(std::move(loaded.config), settings)),
      weights_(std::move(loaded.weights)),
      towers_(WeightScope(weights_), config_, logged_backend(settings, source_)),
      head_(optional_head(weights_, config_)),
      text_cleaning_(settings.text_cleaning.value_or(config_.tokenizer.cleaning)),
      processor_(with_settings(std::move(loaded.preprocessor), settings),
                 config_.has_vision ? config_.vision.image_size : 0,
                 tokenizer_loader(source_.files, config_, text_cleaning_, std::move(tokenizer)),
                 config_.text.context_length, ImageLimits{.checksums = !settings.lenient}) {
  check_complete(weights_);
}

void Model::fail_without(std::string_view tower, std::string_view other) const {
  fail(ErrorCode::missing, source_.weights,
       "contains no " + std::string(tower) + " tower, only the " + std::string(other) + " tower of a model");
}

const ImageTower& Model::image_tower() const {
  if (!towers_.image) fail_without("image", "text");
  return *towers_.image;
}

const TextTower& Model::text_tower() const {
  if (!towers_.text) fail_without("text", "image");
  return *towers_.text;
}

const Head& Model::head() const {
  if (!towers_.image) fail_without("image", "text");
  if (!towers_.text) fail_without("text", "image");
  return *head_;
}

std::unique_ptr<Model> Model::open(const std::string& name_or_path, const ModelSettings& settings) {
  const std::string path = locate_model(name_or_path);
  try {
    std::shared_ptr<TokenizerAhead> tokenizer;
    LoadedModel loaded = open_model(path, settings.dialect, [&](const ModelFiles& files) {
      if (settings.tokenizer_pool == nullptr) return;
      tokenizer = std::make_shared<TokenizerAhead>(files, settings.text_cleaning.value_or(TextCleaning::hf),
                                                   *settings.tokenizer_pool);
    });
    return std::make_unique<Model>(std::move(loaded), settings, std::move(tokenizer));
  } catch (const Error& error) {
    if (error.subject().starts_with(path)) throw;
    throw error.within(path);
  }
}

void Model::encode_images(TensorView<const float> pixels, TensorView<float> embeddings,
                          Context& context) const {
  image_tower()(pixels, embeddings, context);
  check_images(embeddings);
}

void Model::encode_images(const ImageBatch& images, TensorView<float> embeddings, Context& context) const {
  image_tower()(images, embeddings, context);
  check_images(embeddings);
}

void Model::check_images(TensorView<const float> embeddings) const {
  if (!all_finite(embeddings)) fail_not_finite("vision_model.", config_.vision.projection);
}

void Model::encode_texts(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const {
  text_tower()(texts, embeddings, context);
  if (!all_finite(embeddings)) fail_not_finite("text_model.", config_.text.projection);
}

void Model::encode_texts(std::span<const TextIds> sorted, TensorView<float> embeddings,
                         Context& context) const {
  text_tower()(sorted, embeddings, context);
  for (const TextIds& text : sorted) {
    if (!all_finite(embeddings.slice_rows(text.index, 1)))
      fail_not_finite("text_model.", config_.text.projection);
  }
}

// Finds the cause. Reading all weights is slow, but happens only after an error.
void Model::fail_not_finite(std::string_view tower, const ProjectionConfig& projection) const {
  try {
    check_finite(weights_, tower);
    if (!projection.name.empty()) check_finite(weights_, std::string(projection.name) + ".");
  } catch (const Error& error) {
    throw path().empty() ? error : error.within(path());
  }
  fail(ErrorCode::corrupt, path(),
       "produces an embedding that is not finite, because its weights contain very large values");
}

}  // namespace sightline
