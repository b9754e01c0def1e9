// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/image/pixel_pipeline.h"
#include "sightline/nn/encoder_config.h"

namespace sightline {

struct CLIPVisionConfig {
  EncoderConfig encoder;
  std::int64_t image_size = 224;
  std::int64_t patch_size = 32;
  std::int64_t channels = 3;
};

struct CLIPTextConfig {
  EncoderConfig encoder;
  std::int64_t vocabulary_size = 49408;
  std::int64_t context_length = 77;
  std::int64_t eos_token_id = 49407;  ///< 2 = the position of the largest id (legacy OpenAI configs)
};

/// Sizes of a CLIP model: Hugging Face's `config.json`, every field that changes a number.
struct CLIPConfig {
  CLIPVisionConfig vision;
  CLIPTextConfig text;
  std::int64_t projection_dim = 512;
  std::string tokenizer_class;  ///< "" = not named: the tokenizer's own settings or CLIP's

  /// From the text of `config.json`; legacy `*_config_dict` override, as transformers does.
  /// Errors: header, missing, range, type, unsupported (an activation or model_type this program does not
  /// know).
  static CLIPConfig from_json(std::string_view text, std::string_view subject);
};

/// Errors: unsupported, when the text of a `config.json` names another kind of model than CLIP, or than one
/// tower of it, in `model_type`; those of JSON. Other programs' configs have no such key.
void check_model_type(std::string_view text, std::string_view subject);

/// Pixels from bytes and float values from pixels.
struct PreprocessorConfig {
  PixelPipeline pipeline;
  bool do_rescale = true;
  double rescale_factor = 1.0 / 255.0;
  bool do_normalize = true;
  float mean[3] = {0.48145466F, 0.4578275F, 0.40821073F};
  float std[3] = {0.26862954F, 0.26130258F, 0.27577711F};
  std::string origin = "image settings";  ///< the file and section that say so, for messages

  /// From the text of a `preprocessor_config.json` alone: the class that it names, else CLIP's.
  /// Errors: those of image_processor_config.
  static PreprocessorConfig from_json(std::string_view text, std::string_view subject);
  /// What CLIP's published models use, for an image of `image_size`.
  static PreprocessorConfig defaults(std::int64_t image_size);
};

}  // namespace sightline
