// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/text/pipeline_tokenizer.h"

namespace sightline {

/// SiglipTokenizer of transformers 5.24, a tokenizer in Python around SentencePiece: added tokens are cut
/// out, each part between them is cleaned, and SentencePiece encodes it after the unknown token's name, whose
/// own tokens are removed again. The name shifts the rounding of the scores, and so decides between
/// segmentations of equal score. const = safe to share.
class SiglipTokenizer : public Tokenizer {
 public:
  struct Parts {
    /// `raw_tokens`, `model`, `around`, `size`, `pad_id` and the limits as for PipelineTokenizer;
    /// `normalizer` is SentencePiece's.
    TokenizerPipeline pipeline;
    std::unique_ptr<Normalizer> canonicalizer;
    std::string unknown;                 ///< the name of the unknown token
    std::set<std::int32_t> special_ids;  ///< of added tokens that are special
  };
  explicit SiglipTokenizer(Parts parts);

  Encoding encode(std::string_view utf8, std::int64_t max_length) const override;
  std::int64_t vocabulary_size() const override { return parts_.pipeline.size; }
  std::int32_t start_id() const override { return parts_.pipeline.around.start_id(); }
  std::int32_t end_id() const override { return parts_.pipeline.around.end_id(); }
  std::int32_t pad_id() const override { return parts_.pipeline.pad_id; }
  bool pads_left() const override { return parts_.pipeline.pad_left; }
  std::int64_t max_length() const override { return parts_.pipeline.max_length; }

 private:
  std::vector<std::int32_t> encode_after_unknown(std::string_view text) const;
  void append_part(std::string_view text, bool at_start, std::vector<std::int32_t>& ids) const;

  Parts parts_;
  std::size_t unknown_tokens_ = 0;  ///< number of tokens of the unknown token's name
  std::optional<std::int32_t> space_id_;
};

}  // namespace sightline
