// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/weights/names.h"

namespace sightline {

/// Rules whose patterns consist of a prefix and the patterns of a table.
class PrefixedRules {
 public:
  void add(std::string_view prefix, std::span<const NameRule> table);
  /// The names that transformers gives a BERT, a RoBERTa or an XLM-RoBERTa in a model under `prefix`
  /// ("text_model."), for the text tower. Its pooler, which no dual encoder uses, is dropped.
  void add_bert(std::string_view prefix);

  std::span<const NameRule> rules() const { return rules_; }

 private:
  std::deque<std::string> patterns_;
  std::vector<NameRule> rules_;
};

/// The names of the text towers of Chinese-CLIP and AltCLIP in transformers, and of M-CLIP.
std::span<const NameRule> chinese_clip_rules();
std::span<const NameRule> altclip_rules();
/// The other names of AltCLIP's image tower, which transformers 5 writes.
std::span<const NameRule> altclip_image_rules();
std::span<const NameRule> m_clip_rules();
/// Those of sentence-transformers' modules Transformer, of a DistilBERT, and Dense, in the state_dict of its
/// SentenceTransformer with a Pooling between them.
inline constexpr std::string_view kTransformerModule = "0.auto_model.", kDenseModule = "2.";
std::span<const NameRule> sentence_transformers_rules();
/// Those of a text tower of the hub in OpenCLIP, without the prefix `text.`; a table of OpenCLIP's map.
std::span<const NameRule> openclip_bert_rules();

}  // namespace sightline
