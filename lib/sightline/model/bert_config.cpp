// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/bert_config.h"

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxTokenTypes = 1024;

// Versions 4 of transformers computed other kinds of positions.
void check_positions(const Section& section) {
  const std::string type = section.text("position_embedding_type", "absolute");
  if (type == "absolute") return;
  fail(ErrorCode::unsupported, section.subject("position_embedding_type"),
       "is \"" + type + "\", expected \"absolute\"");
}

}  // namespace

TextTowerConfig read_bert_text(const Section& section, const Family& family, const BertDefaults& defaults) {
  check_tower_type(section, family.tower_types[0], family.name);
  check_no_null(section, {"vocab_size", "max_position_embeddings", "type_vocab_size"});
  if (defaults.padding) check_no_null(section, {"pad_token_id"});
  return read_bert_tower(section, defaults);
}

TextTowerConfig read_bert_tower(const Section& section, const BertDefaults& defaults) {
  check_positions(section);
  TextTowerConfig config;
  config.encoder = read_encoder(section, defaults.encoder);
  config.encoder.norm_order = NormOrder::after;
  config.mask = Mask::none;
  config.pooling = Pooling::first;
  config.vocabulary_size = defaults.vocabulary_size;
  config.context_length = defaults.positions;
  read_vocabulary(section, config);
  config.token_types = section.integer("type_vocab_size", defaults.token_types, 1, kMaxTokenTypes);
  config.embedding_norm = true;
  config.final_norm = false;
  if (!defaults.padding) return config;
  config.position_offset = 1 + section.integer("pad_token_id", *defaults.padding, 0, kMaxContext);
  config.context_length -= config.position_offset;
  if (config.context_length < 2) {
    fail(ErrorCode::range, section.subject("max_position_embeddings"),
         "is " + std::to_string(config.positions()) + ", but the first position of a text is " +
             std::to_string(config.position_offset));
  }
  return config;
}

void write_bert_text(JsonObjectWriter& out, const ModelConfig& config) {
  const TextTowerConfig& text = config.text;
  out.add("hidden_act", transformers_name(text.encoder.activation));
  out.add("hidden_size", text.encoder.width);
  out.add("intermediate_size", text.encoder.mlp_width);
  out.add_number("layer_norm_eps", text.encoder.epsilon);
  out.add("max_position_embeddings", text.positions());
  out.add("model_type", config.family->tower_types[0]);
  out.add("num_attention_heads", text.encoder.heads);
  out.add("num_hidden_layers", text.encoder.layers);
  if (text.position_offset > 0) out.add("pad_token_id", text.position_offset - 1);
}

}  // namespace sightline
