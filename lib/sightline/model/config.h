// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/image/pixel_pipeline.h"
#include "sightline/model/tower_config.h"
#include "sightline/text/text_cleaning.h"

namespace sightline {

struct Family;

/// Where the tokenizer of a model comes from.
enum class TokenizerSource {
  clip,          ///< CLIP's: its byte-level BPE, or that which ships with the program
  transformers,  ///< the class that transformers chooses from the files and the family's name
  openclip,  ///< OpenCLIP's HFTokenizer: the class that the tokenizer's own files name, padded on the right
};

/// The tokenizer of a model, besides what its own files state.
struct TokenizerRule {
  TokenizerSource source = TokenizerSource::clip;
  TextCleaning cleaning = TextCleaning::hf;  ///< what the model's files ask for
  bool drops_end = false;       ///< the end of a text becomes padding, also where it stands in the text
  std::string class_name = {};  ///< of the model's config; "" = unspecified: the files or the source decide
};

/// Sizes and wiring of a model: what the results depend on besides its weights and its preprocessing. The
/// default is CLIP's ViT-B/32.
struct ModelConfig {
  ModelConfig();

  bool has_both_towers() const { return has_vision && has_text; }

  const Family* family;
  bool has_vision = true;  ///< false for a checkpoint of a text tower alone: `vision` has no meaning
  bool has_text = true;    ///< likewise for `text`
  ImageTowerConfig vision;
  TextTowerConfig text;
  HeadConfig head;  ///< of a model with both towers
  std::int64_t projection_dim = 512;
  TokenizerRule tokenizer;

  /// Parses the text of transformers' `config.json` by the rules of the family that it names.
  /// Errors: header, missing, range, type, unsupported (an unknown activation or model_type).
  static ModelConfig from_json(std::string_view text, std::string_view subject);
};

/// Errors: unsupported, with `subject`, which names what expresses whole CLIP models alone, for another
/// family or a single tower.
void check_clip_family(const ModelConfig& config, std::string_view subject);
/// Number of tokens of CLIP's vocabulary, the only one that OpenAI's and OpenCLIP's own tokenizers have.
inline constexpr std::int64_t kClipVocabulary = 49408;
/// Checks that a program for CLIP models of RGB images, with CLIP's tokenizer and pooling at the largest id,
/// has the same inputs. Errors: unsupported, with `subject`, which names what cannot express it.
void check_clip_inputs(const ModelConfig& config, std::string_view subject);

/// Checks that `model_type` in the text of a `config.json` is that of a known family or of one of its towers.
/// A config without that key passes, because other programs do not write it. Errors: unsupported for another
/// model; those of JSON.
void check_model_type(std::string_view text, std::string_view subject);

/// How the bytes of an image become pixels, and pixels become float values.
struct PreprocessorConfig {
  PixelPipeline pipeline;
  bool do_rescale = true;
  double rescale_factor = 1.0 / 255.0;
  bool do_normalize = true;
  float mean[3] = {0.48145466F, 0.4578275F, 0.40821073F};
  float std[3] = {0.26862954F, 0.26130258F, 0.27577711F};
  std::string origin = "image settings";  ///< the file and section that define it, for messages

  /// Parses the text of a `preprocessor_config.json` by the rules of the class that it names, by default
  /// CLIP's. Errors: those of image_processor_config.
  static PreprocessorConfig from_json(std::string_view text, std::string_view subject);
  /// The preprocessing of the published CLIP models, for images of `image_size`.
  static PreprocessorConfig defaults(std::int64_t image_size);
};

}  // namespace sightline
