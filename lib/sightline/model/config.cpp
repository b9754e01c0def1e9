// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config.h"

#include <string>

#include "sightline/base/error.h"
#include "sightline/model/family.h"

namespace sightline {

ModelConfig::ModelConfig() : family(&clip_family()) {}

void check_clip_family(const ModelConfig& config, std::string_view subject) {
  if (config.family != &clip_family()) {
    fail(ErrorCode::unsupported, subject,
         "can be written for plain CLIP only, not for " + std::string(config.family->title) +
             "; a packed model, NAME.sightline, holds any");
  }
  if (config.has_both_towers()) return;
  fail(ErrorCode::unsupported, subject,
       std::string("cannot express a model without ") + (config.has_text ? "an image" : "a text") + " tower");
}

void check_clip_inputs(const ModelConfig& config, std::string_view subject) {
  check_clip_family(config, subject);
  const TextTowerConfig& text = config.text;
  if (config.vision.channels != 3) {
    fail(ErrorCode::unsupported, subject,
         "cannot express images of " + std::to_string(config.vision.channels) + " channels");
  }
  if (text.vocabulary_size != kClipVocabulary) {
    fail(ErrorCode::unsupported, subject,
         "cannot express a vocabulary of " + std::to_string(text.vocabulary_size) + " tokens, only CLIP's " +
             std::to_string(kClipVocabulary));
  }
  if (text.pooling != Pooling::largest_id && text.eos_token_id != kClipVocabulary - 1) {
    fail(ErrorCode::unsupported, subject,
         "cannot express the pooled token " + std::to_string(text.eos_token_id) +
             ", only the one with the largest id");
  }
}

ModelConfig ModelConfig::from_json(std::string_view text, std::string_view subject) {
  const JsonDocument document(text, subject);
  const Json root = document.root();
  if (!root.is_object()) fail(ErrorCode::header, subject, "is not a JSON object");
  return family_of(root).read(root);
}

PreprocessorConfig PreprocessorConfig::defaults(std::int64_t image_size) {
  PreprocessorConfig config;
  const auto side = static_cast<std::int32_t>(image_size);
  config.pipeline.height = config.pipeline.width = side;
  config.pipeline.crop_height = config.pipeline.crop_width = side;
  return config;
}

}  // namespace sightline
