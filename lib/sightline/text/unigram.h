// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "sightline/text/piece_index.h"
#include "sightline/text/token_model.h"
#include "sightline/text/tokenizer.h"

namespace sightline {

/// The ids of the tokens "<0x00>" ... "<0xFF>", or kNoToken for each that the vocabulary lacks.
std::array<std::int32_t, 256> byte_tokens(const PieceIndex& pieces);
/// Appends the byte tokens of `text` and returns true if there is one for every byte.
bool append_byte_tokens(const std::array<std::int32_t, 256>& tokens, std::string_view text,
                        std::vector<std::int32_t>& ids);

/// Whose results a Unigram model has where the two differ.
enum class UnigramRule {
  hf,             ///< tokenizers 0.23.3: scores and sums are doubles
  sentencepiece,  ///< sentencepiece 0.2.3: sums are rounded to float
};

struct UnigramSettings {
  UnigramRule rule = UnigramRule::hf;
  std::int32_t unknown_id = kNoToken;
  /// The score of a character without a token of its own.
  double unknown_score = 0;
  /// A character without a token becomes one token per byte.
  bool byte_fallback = false;
};

/// The score of a token that has an id but is never matched in a text.
inline constexpr double kNotMatched = -std::numeric_limits<double>::infinity();
/// The score of an unknown character, relative to the least score of a token.
inline constexpr double kUnknownPenalty = 10;

/// The most likely segmentation of a text into tokens (Viterbi). Source: Kudo, "Subword Regularization"
/// (2018); tokenizers, models/unigram/model.rs; sentencepiece, src/unigram_model.cc, EncodeOptimized.
class Unigram : public TokenModel {
 public:
  /// `scores` are those of the ids 0, 1, ... `owner` keeps the memory of `pieces` and `scores` alive.
  Unigram(const PieceIndex& pieces, std::span<const double> scores, const UnigramSettings& settings,
          std::shared_ptr<const void> owner);

  void append_ids(std::string_view piece, std::vector<std::int32_t>& ids) const override;
  std::optional<std::int32_t> id_of(std::string_view token) const override;
  std::int64_t size() const override { return static_cast<std::int64_t>(pieces_.size()); }

 private:
  /// The last token of the best segmentation of the text up to a position.
  struct Node {
    double score = 0;  ///< of the whole segmentation
    std::uint32_t begin = kUnreached;
    std::int32_t id = kNoToken;
  };
  static constexpr std::uint32_t kUnreached = UINT32_MAX;
  static constexpr std::int32_t kUnknown = -2;  ///< a character without a token

  void find_best(std::string_view text, std::span<Node> nodes) const;
  void offer(Node& node, double candidate, std::size_t begin, std::int32_t id) const;
  void append_unknown(std::string_view text, std::vector<std::int32_t>& ids) const;
  bool is_unknown(std::int32_t id) const { return id == kUnknown || id == settings_.unknown_id; }

  std::shared_ptr<const void> owner_;
  PieceIndex pieces_;
  std::span<const double> scores_;
  UnigramSettings settings_;
  std::array<std::int32_t, 256> bytes_;
};

}  // namespace sightline
