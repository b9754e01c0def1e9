// SPDX-License-Identifier: Apache-2.0
// Configs of every program: what is accepted can be built, and is the same after it was written and read
// again.

#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "sightline/base/error.h"
#include "sightline/model/config_keras.h"
#include "sightline/model/config_openclip.h"
#include "sightline/model/config_writer.h"
#include "sightline/model/expected_weights.h"
#include "sightline/model/processor_files.h"

namespace {

using sightline::EncoderConfig;
using sightline::ModelConfig;
using sightline::PreprocessorConfig;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const EncoderConfig& config) {
  require(config.width >= 1 && config.width <= 16384 && config.layers >= 1 && config.layers <= 256);
  require(config.heads >= 1 && config.width % config.heads == 0);
  require(config.mlp_width >= 1 && config.mlp_width <= 131072);
  require(config.epsilon > 0 && config.epsilon < 1);
}

void check(const ModelConfig& config) {
  require(config.has_vision || config.has_text);
  if (config.has_vision) {
    check(config.vision.encoder);
    require(config.vision.patch_size >= 1 && config.vision.patch_size <= config.vision.image_size);
  }
  if (config.has_text) {
    check(config.text.encoder);
    require(config.text.context_length >= 2 && config.text.vocabulary_size >= 1);
  }
  require(config.projection_dim >= 1);
  for (const sightline::ExpectedWeight& weight : sightline::expected_weights(config)) {
    require(weight.shape.elements() >= 1);
  }
  if (!config.has_both_towers()) return;  // the config of one tower is never written, only copied
  const std::string text = config_json(config, "float32");
  require(config_json(ModelConfig::from_json(text, "written"), "float32") == text);
}

void check(const PreprocessorConfig& config) {
  for (const float std : config.std) require(std > 0 && std::isfinite(std));
  for (const float mean : config.mean) require(std::isfinite(mean));
  if (config.pipeline.resize == sightline::ResizeMode::longest) return;  // transformers has no such mode
  const std::string text = preprocessor_config_json(config);
  require(preprocessor_config_json(PreprocessorConfig::from_json(text, "written")) == text);
}

// Whatever the files of a folder say; what none of them says has nothing to check.
PreprocessorConfig settings(const sightline::ProcessorTexts& texts) {
  const std::optional<sightline::ImageSettings> found = image_settings(texts);
  return found ? found->config : PreprocessorConfig::defaults(32);
}

template <class Read>
void attempt(const Read& read) {
  try {
    check(read());
  } catch (const sightline::Error&) {
    // refused: as good as accepted
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  attempt([&] { return ModelConfig::from_json(text, "fuzz"); });
  attempt([&] { return PreprocessorConfig::from_json(text, "fuzz"); });
  const std::string copy(text);
  attempt([&] { return settings({.processor = copy}); });
  attempt([&] { return settings({.processor = copy, .preprocessor = copy, .config = copy}); });
  attempt([&] { return settings({.preprocessor = "{}", .tokenizer = copy}); });
  attempt([&] { return sightline::openclip_config(text, "fuzz"); });
  attempt([&] { return sightline::openclip_preprocessor(text, "fuzz", 32); });
  attempt([&] { return sightline::keras_config(text, "fuzz"); });
  attempt([&] { return sightline::keras_image_converter(text, "fuzz", 32); });
  return 0;
}
