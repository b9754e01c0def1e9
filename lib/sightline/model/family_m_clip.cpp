// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/hub_towers.h"
#include "sightline/weights/names_bert.h"

namespace sightline {
namespace {

bool recognizes(const Json& root) {
  const std::optional<Json> type = root.find("model_type");
  return type && type->as_string() == "M-CLIP";
}

// MCLIPConfig names the model whose config transformers downloads; sizes in the file itself take precedence.
// MultilingualCLIP.forward: LinearTransformation(mean of the rows)
ModelConfig read(const Json& root) {
  check_not_quantized(root);
  const Section section{std::optional<Json>(root)};
  const HubTower& base =
      hub_tower(section.text("modelBase", "xlm-roberta-large"), section.subject("modelBase"));
  ModelConfig config;
  config.family = &m_clip_family();
  config.has_vision = false;
  config.text = read_bert_tower(section, base.defaults);
  config.text.pooling = Pooling::mean;
  config.text.projection = {"text_projection", true};
  const std::int64_t width = config.text.encoder.width;
  if (section.integer("transformerDimensions", width, 1, kMaxWidth) != width) {
    fail(ErrorCode::mismatch, section.subject("transformerDimensions"),
         "is not the width of \"" + std::string(base.name) + "\", " + std::to_string(width));
  }
  config.projection_dim = section.integer("numDims", 768, 1, kMaxWidth);
  config.tokenizer.source = TokenizerSource::transformers;
  config.tokenizer.class_name = base.tokenizer;
  return config;
}

std::string write(const ModelConfig&, std::string_view) {
  fail(ErrorCode::unsupported, "config.json",
       "cannot be written for M-CLIP, because it does not state the sizes; a packed model, NAME.sightline, "
       "holds it");
}

}  // namespace

/// Multilingual-CLIP: text towers alone, for the images of other models.
const Family& m_clip_family() {
  static constexpr Family kFamily{
      .name = "M-CLIP",
      .title = "M-CLIP",
      .classes = "MultilingualCLIP",
      .tower_types = {"M-CLIP", "M-CLIP"},
      .image_processor = "CLIPImageProcessor",
      .tokenizer = "XLMRobertaTokenizer",
      .names = m_clip_rules,
      .recognizes = recognizes,
      .read = read,
      .write = write,
  };
  return kFamily;
}

}  // namespace sightline
