// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip_config.h"

namespace sightline {
namespace {

// Programs other than transformers leave model_type out.
bool recognizes(const Json& root) {
  if (root.find("model_type")) return has_model_type(root, clip_family());
  return root.find("text_config") || root.find("text_config_dict") || root.find("vision_config");
}

bool builds(const ModelConfig& config) {
  TextTowerConfig text;
  text.pooling = config.text.pooling == Pooling::largest_id ? Pooling::largest_id : Pooling::first_eos;
  return same_wiring(config.vision, ImageTowerConfig()) && same_wiring(config.text, text) &&
         !config.head.logit_bias && config.tokenizer.source == TokenizerSource::clip;
}

ModelConfig read(const Json& root) { return read_clip_config(root, clip_family(), EndRule::legacy); }

// Where the largest id is pooled, the ids are those of OpenAI's files.
std::string write(const ModelConfig& config, std::string_view dtype) {
  const std::int64_t end = config.text.eos_token_id;
  const bool largest = config.text.pooling == Pooling::largest_id;
  return write_clip_config(config, largest ? SpecialIds{0, 2, 1} : SpecialIds{end - 1, end, end}, dtype);
}

}  // namespace

const Family& clip_family() {
  static constexpr Family kFamily{
      .name = "clip",
      .title = "CLIP",
      .classes = "CLIP",
      .tower_types = {"clip_text_model", "clip_vision_model"},
      .image_processor = "CLIPImageProcessor",
      .tokenizer = "CLIPTokenizer",
      .recognizes = recognizes,
      .builds = builds,
      .read = read,
      .write = write,
  };
  return kFamily;
}

}  // namespace sightline
