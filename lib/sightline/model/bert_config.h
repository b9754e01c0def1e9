// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/clip_config.h"

namespace sightline {

/// What the configs of transformers' text towers of the BERT kind have in common.

/// The defaults of a class.
struct BertDefaults {
  EncoderDefaults encoder;
  std::int64_t vocabulary_size, positions, token_types;
  std::optional<std::int64_t> padding;  ///< `pad_token_id` if positions are counted as in RoBERTa
};

/// Everything but the pooling and the projection, which are the first row and CLIP's linear layer. Errors:
/// those of `Section`; unsupported for relative positions.
TextTowerConfig read_bert_tower(const Section& section, const BertDefaults& defaults);
/// The same for the section of a family's text tower. Errors: the same; unsupported for another model_type.
TextTowerConfig read_bert_text(const Section& section, const Family& family, const BertDefaults& defaults);

/// Adds the members of a `text_config` from `hidden_act` to `pad_token_id`, in bytewise order.
void write_bert_text(JsonObjectWriter& out, const ModelConfig& config);

}  // namespace sightline
