// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/bert_config.h"
#include "sightline/weights/names_bert.h"

namespace sightline {
namespace {

// AltCLIPTextConfig
constexpr BertDefaults kDefaults{{1024, 16, 4096, 1e-5, "gelu", 24}, 250002, 514, 1, 1};

bool recognizes(const Json& root) { return has_model_type(root, altclip_family()); }

// AltCLIPTextModel: transformation(pre_LN(sequence_output))[:, 0]
TextTowerConfig read_text(const Section& section) {
  check_no_null(section, {"project_dim"});
  TextTowerConfig config = read_bert_text(section, altclip_family(), kDefaults);
  config.final_norm = true;
  config.projection.hidden = HiddenProjection{.name = "text_model.transformation",
                                              .units = section.integer("project_dim", 768, 1, kMaxWidth),
                                              .bias = true};
  return config;
}

ModelConfig read(const Json& root) { return read_clip_config(root, altclip_family(), 768, read_text); }

std::string write(const ModelConfig& config, std::string_view dtype) {
  return write_clip_config(
      config,
      [&](JsonObjectWriter& out) {
        write_bert_text(out, config);
        out.add("project_dim", config.text.projection.hidden.value().units);
        out.add("type_vocab_size", config.text.token_types);
        out.add("vocab_size", config.text.vocabulary_size);
      },
      dtype);
}

}  // namespace

const Family& altclip_family() {
  static constexpr Family kFamily{
      .name = "altclip",
      .title = "AltCLIP",
      .classes = "AltCLIP",
      .tower_types = {"altclip_text_model", "altclip_vision_model"},
      .image_processor = "CLIPImageProcessor",
      .tokenizer = "XLMRobertaTokenizer",
      .names = altclip_rules,
      .recognizes = recognizes,
      .read = read,
      .write = write,
  };
  return kFamily;
}

}  // namespace sightline
