// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/text/normalizer.h"
#include "sightline/text/piece_index.h"

namespace sightline {

/// What `spiece.model` or `sentencepiece.bpe.model` contains and this program needs: fields of ModelProto in
/// sentencepiece_model.proto of sentencepiece 0.2.3.
struct SentencePieceModel {
  /// SentencePiece.Type.
  enum class Type : std::uint8_t {
    normal = 1,
    unknown = 2,
    control = 3,
    user_defined = 4,
    unused = 5,
    byte = 6
  };
  /// TrainerSpec.ModelType.
  enum class Kind : std::uint8_t { unigram = 1, bpe = 2, word = 3, character = 4 };

  PieceList pieces;
  std::vector<float> scores;
  std::vector<Type> types;
  Kind kind = Kind::unigram;
  bool byte_fallback = false;
  bool whitespace_as_suffix = false;
  SentencePieceNormalizerSpec normalizer;  ///< with the user-defined pieces
};

/// Reads the protobuf message; fields that are not needed are skipped. `subject` is the name of the file for
/// messages. Errors: limit (size, number or length of pieces), truncated, header (malformed, no pieces, an
/// empty piece, or not exactly one unknown piece), utf8, range (a type, a model type or a score).
SentencePieceModel read_sentencepiece_model(ByteView bytes, std::string_view subject);

/// The same model without the pieces that are neither unknown, control nor user-defined; `bytes` has been
/// accepted.
std::string without_ordinary_pieces(ByteView bytes);

}  // namespace sightline
