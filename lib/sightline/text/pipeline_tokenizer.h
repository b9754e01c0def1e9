// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/text/added_tokens.h"
#include "sightline/text/normalizer.h"
#include "sightline/text/pre_tokenizer.h"
#include "sightline/text/token_model.h"
#include "sightline/text/token_template.h"
#include "sightline/text/tokenizer.h"

namespace sightline {

/// The steps of a tokenizer, in the order in which they are applied.
struct TokenizerPipeline {
  AddedTokens raw_tokens;                       ///< searched for in the text as it is
  std::unique_ptr<Normalizer> normalizer;       ///< of each part between them
  AddedTokens normalized_tokens;                ///< searched for in the normalised parts
  std::unique_ptr<PreTokenizer> pre_tokenizer;  ///< null: the parts are not divided further
  std::unique_ptr<TokenModel> model;
  TokenTemplate around;
  std::int64_t size = 0;  ///< number of ids: tokens of the model and added tokens
  std::int32_t pad_id = kNoToken;
  std::int64_t max_length = std::numeric_limits<std::int64_t>::max();
  bool truncate_left = false;
  bool pad_left = false;
};

/// Errors: utf8 (with the byte position), limit (a text above 1 MiB).
void check_text(std::string_view text);

/// A tokenizer that consists of the steps of Hugging Face's tokenizers. const = safe to share.
class PipelineTokenizer : public Tokenizer {
 public:
  /// `model` is not null. Every id that the steps give is below `size`.
  explicit PipelineTokenizer(TokenizerPipeline pipeline);

  Encoding encode(std::string_view utf8, std::int64_t max_length) const override;
  std::int64_t vocabulary_size() const override { return pipeline_.size; }
  std::int32_t start_id() const override { return pipeline_.around.start_id(); }
  std::int32_t end_id() const override { return pipeline_.around.end_id(); }
  std::int32_t pad_id() const override { return pipeline_.pad_id; }
  bool pads_left() const override { return pipeline_.pad_left; }
  std::int64_t max_length() const override { return pipeline_.max_length; }

 private:
  void append_part(std::string_view text, bool at_start, std::vector<std::int32_t>& ids) const;
  void append_piece(Piece piece, std::vector<std::int32_t>& ids) const;

  TokenizerPipeline pipeline_;
};

}  // namespace sightline
