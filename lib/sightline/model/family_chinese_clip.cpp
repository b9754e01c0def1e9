// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "sightline/model/bert_config.h"
#include "sightline/weights/names_bert.h"

namespace sightline {
namespace {

// ChineseCLIPTextConfig. The length of texts is limited by the tokenizer's settings, if at all.
constexpr BertDefaults kDefaults{{768, 12, 3072, 1e-12, "gelu"}, 30522, 512, 2, {}};

bool recognizes(const Json& root) { return has_model_type(root, chinese_clip_family()); }

// ChineseCLIPModel pools the first row itself; its text model has no pooler.
TextTowerConfig read_text(const Section& section) {
  return read_bert_text(section, chinese_clip_family(), kDefaults);
}

// What ChineseCLIPTextModel itself pools goes through BERT's pooler, a layer with a tanh.
ModelConfig read(const Json& root) {
  ModelConfig config = read_clip_config(root, chinese_clip_family(), 512, read_text);
  if (config.has_vision) return config;
  fail(ErrorCode::unsupported, root.at("model_type").path(),
       "is the text tower of a Chinese-CLIP alone, whose pooler is not supported");
}

std::string write(const ModelConfig& config, std::string_view dtype) {
  return write_clip_config(
      config,
      [&](JsonObjectWriter& out) {
        write_bert_text(out, config);
        out.add("type_vocab_size", config.text.token_types);
        out.add("vocab_size", config.text.vocabulary_size);
      },
      dtype);
}

}  // namespace

const Family& chinese_clip_family() {
  static constexpr Family kFamily{
      .name = "chinese_clip",
      .title = "Chinese-CLIP",
      .classes = "ChineseCLIP",
      .tower_types = {"chinese_clip_text_model", "chinese_clip_vision_model"},
      .image_processor = "ChineseCLIPImageProcessor",
      .tokenizer = "BertTokenizer",
      .names = chinese_clip_rules,
      .recognizes = recognizes,
      .read = read,
      .write = write,
  };
  return kFamily;
}

}  // namespace sightline
