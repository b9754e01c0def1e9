// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip_config.h"

namespace sightline {
namespace {

bool recognizes(const Json& root) { return has_model_type(root, metaclip2_family()); }

bool builds(const ModelConfig& config) {
  return same_wiring(config.vision, ImageTowerConfig()) && same_wiring(config.text, TextTowerConfig()) &&
         !config.head.logit_bias && config.tokenizer.source != TokenizerSource::clip;
}

// The released files have an eos_token_id of 2, which is XLM-V's `</s>` (MetaClip2TextTransformer.forward).
ModelConfig read(const Json& root) {
  ModelConfig config = read_clip_config(root, metaclip2_family(), EndRule::exact);
  config.tokenizer.source = TokenizerSource::transformers;
  return config;
}

std::string write(const ModelConfig& config, std::string_view dtype) {
  return write_clip_config(config, {0, config.text.eos_token_id, 1}, dtype);
}

}  // namespace

/// MetaCLIP 2: CLIP's towers and names, with a multilingual tokenizer.
const Family& metaclip2_family() {
  static constexpr Family kFamily{
      .name = "metaclip_2",
      .title = "MetaCLIP 2",
      .classes = "MetaClip2",
      .tower_types = {"metaclip_2_text_model", "metaclip_2_vision_model"},
      .image_processor = "CLIPImageProcessor",
      .tokenizer = "XLMRobertaTokenizer",
      .recognizes = recognizes,
      .builds = builds,
      .read = read,
      .write = write,
  };
  return kFamily;
}

}  // namespace sightline
