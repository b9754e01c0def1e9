// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/token_ids.h"

#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/text/added_tokens.h"
#include "sightline/text/limits.h"

namespace sightline {
namespace {

/// Of tokens with the same content the last counts; special ones come before the others, because of tokens
/// that are equal when normalised the first counts.
std::vector<SpecialTokens::Token> ordered_tokens(const std::vector<SpecialTokens::Token>& tokens) {
  std::map<std::string_view, const SpecialTokens::Token*> last;
  for (const SpecialTokens::Token& token : tokens) last[token.content] = &token;
  std::vector<SpecialTokens::Token> result;
  for (const bool special : {true, false}) {
    for (const SpecialTokens::Token& token : tokens) {
      if (last.at(token.content) == &token && token.special == special && !token.content.empty())
        result.push_back(token);
    }
  }
  return result;
}

}  // namespace

void add_tokens(const SpecialTokens& special, TokenIds& ids, TokenizerPipeline& pipeline) {
  if (std::ssize(special.tokens) > kMaxPipelineTokens) {
    fail(ErrorCode::limit, "tokenizer_config.json",
         "adds " + std::to_string(special.tokens.size()) + " tokens, at most " +
             std::to_string(kMaxPipelineTokens) + " are accepted");
  }
  for (const SpecialTokens::Token& token : special.tokens) {
    if (!token.content.empty()) ids.add(token.content);
  }
  std::vector<AddedTokenRule> raw, normalized;
  for (const SpecialTokens::Token& token : ordered_tokens(special.tokens)) {
    AddedTokenRule rule{token.content, ids.add(token.content), token.single_word, token.lstrip, token.rstrip};
    if (!token.normalized) {
      raw.push_back(std::move(rule));
      continue;
    }
    if (pipeline.normalizer) rule.content = pipeline.normalizer->apply(std::move(rule.content));
    normalized.push_back(std::move(rule));
  }
  pipeline.raw_tokens = AddedTokens(raw, "tokenizer.json");
  pipeline.normalized_tokens = AddedTokens(normalized, "tokenizer.json");
  pipeline.size = ids.size();
}

}  // namespace sightline
