// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "sightline/text/pipeline_tokenizer.h"
#include "sightline/text/special_tokens.h"
#include "sightline/text/token_model.h"

namespace sightline {

/// Ids of added tokens as tokenizers gives them: those of the vocabulary, or the next free ones.
class TokenIds {
 public:
  explicit TokenIds(const TokenModel& model) : model_(model), next_(model.size()) {}

  std::int32_t add(const std::string& content) {
    if (const std::optional<std::int32_t> id = find(content)) return *id;
    const auto id = static_cast<std::int32_t>(next_++);
    added_.emplace(content, id);
    return id;
  }
  std::optional<std::int32_t> find(const std::string& content) const {
    const auto found = added_.find(content);
    return found != added_.end() ? std::optional(found->second) : model_.id_of(content);
  }
  std::int64_t size() const { return next_; }

 private:
  const TokenModel& model_;
  std::int64_t next_;
  std::map<std::string, std::int32_t> added_;
};

/// Gives ids to the tokens of the settings and sets `raw_tokens`, `normalized_tokens` and `size`; the
/// normaliser of the pipeline is set. Errors: limit, header (a token that is empty when normalised).
void add_tokens(const SpecialTokens& special, TokenIds& ids, TokenizerPipeline& pipeline);

}  // namespace sightline
