// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/sentencepiece_model.h"

#include <algorithm>
#include <cmath>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/limits.h"
#include "sightline/text/protobuf_reader.h"

namespace sightline {
namespace {

using Type = SentencePieceModel::Type;
using Kind = SentencePieceModel::Kind;

// Field numbers of sentencepiece_model.proto.
namespace model_field {
constexpr std::uint32_t pieces = 1, trainer_spec = 2, normalizer_spec = 3;
}
namespace piece_field {
constexpr std::uint32_t piece = 1, score = 2, type = 3;
}
namespace trainer_field {
constexpr std::uint32_t model_type = 3, treat_whitespace_as_suffix = 24, byte_fallback = 35;
}
namespace normalizer_field {
constexpr std::uint32_t precompiled_charsmap = 2, add_dummy_prefix = 3, remove_extra_whitespaces = 4,
                        escape_whitespaces = 5;
}

class ModelReader {
 public:
  explicit ModelReader(std::string_view subject) : subject_(subject) {}

  SentencePieceModel read(std::string_view bytes) {
    ProtobufReader fields(bytes, subject_);
    while (fields.next()) {
      if (fields.field() == model_field::pieces) read_piece(fields.bytes());
      if (fields.field() == model_field::trainer_spec) read_trainer(fields.bytes());
      if (fields.field() == model_field::normalizer_spec) read_normalizer(fields.bytes());
    }
    const std::vector<Type>& types = model_.types;
    if (types.empty()) fail(ErrorCode::header, subject_, "contains no pieces");
    const auto unknown = std::count(types.begin(), types.end(), Type::unknown);
    if (unknown != 1) {
      fail(ErrorCode::header, subject_,
           "has " + std::to_string(unknown) + " pieces for unknown characters, expected one");
    }
    return std::move(model_);
  }

 private:
  std::string place() const {
    return std::string(subject_) + ": piece " + std::to_string(model_.types.size());
  }

  void read_piece(std::string_view bytes) {
    ProtobufReader fields(bytes, subject_);
    std::string_view piece;
    float score = 0;
    std::uint64_t type = 1;
    while (fields.next()) {
      if (fields.field() == piece_field::piece) piece = fields.bytes();
      if (fields.field() == piece_field::score) score = fields.float32();
      if (fields.field() == piece_field::type) type = fields.varint();
    }
    if (model_.types.size() == PieceIndex::kMaxSize) {
      fail(ErrorCode::limit, subject_, "has more than " + std::to_string(PieceIndex::kMaxSize) + " pieces");
    }
    if (piece.empty()) fail(ErrorCode::header, place(), "is empty");
    if (std::ssize(piece) > kMaxPieceBytes) {
      fail(ErrorCode::limit, place(),
           "has " + std::to_string(piece.size()) + " bytes, at most " + std::to_string(kMaxPieceBytes) +
               " are accepted");
    }
    if (!is_utf8(piece)) fail(ErrorCode::utf8, place(), "is not UTF-8");
    if (!std::isfinite(score)) fail(ErrorCode::range, place(), "has a score that is not finite");
    if (type < 1 || type > 6) fail(ErrorCode::range, place(), "has the type " + std::to_string(type));
    model_.pieces.add(piece);
    model_.scores.push_back(score);
    model_.types.push_back(static_cast<Type>(type));
    if (model_.types.back() == Type::user_defined) model_.normalizer.user_defined.emplace_back(piece);
  }

  void read_trainer(std::string_view bytes) {
    ProtobufReader fields(bytes, subject_);
    while (fields.next()) {
      if (fields.field() == trainer_field::byte_fallback) model_.byte_fallback = fields.varint() != 0;
      if (fields.field() == trainer_field::treat_whitespace_as_suffix)
        model_.whitespace_as_suffix = fields.varint() != 0;
      if (fields.field() != trainer_field::model_type) continue;
      const std::uint64_t kind = fields.varint();
      if (kind < 1 || kind > 4)
        fail(ErrorCode::range, subject_, "has the model type " + std::to_string(kind));
      model_.kind = static_cast<Kind>(kind);
    }
  }

  void read_normalizer(std::string_view bytes) {
    SentencePieceNormalizerSpec& spec = model_.normalizer;
    ProtobufReader fields(bytes, subject_);
    while (fields.next()) {
      switch (fields.field()) {
        case normalizer_field::precompiled_charsmap:
          spec.precompiled_charsmap = fields.bytes();
          break;
        case normalizer_field::add_dummy_prefix:
          spec.add_dummy_prefix = fields.varint() != 0;
          break;
        case normalizer_field::remove_extra_whitespaces:
          spec.remove_extra_whitespaces = fields.varint() != 0;
          break;
        case normalizer_field::escape_whitespaces:
          spec.escape_whitespaces = fields.varint() != 0;
          break;
        default:
          break;
      }
    }
  }

  std::string_view subject_;
  SentencePieceModel model_;
};

}  // namespace

std::string without_ordinary_pieces(ByteView bytes) {
  std::string out;
  const auto append = [&](std::uint32_t field, std::string_view value) {
    out += static_cast<char>(field << 3 | 2);
    std::size_t size = value.size();
    for (; size >= 0x80; size >>= 7) out += static_cast<char>((size & 0x7F) | 0x80);
    out += static_cast<char>(size);
    out += value;
  };
  ProtobufReader fields(as_text(bytes), "");
  while (fields.next()) {
    const std::uint32_t field = fields.field();
    if (field == model_field::trainer_spec || field == model_field::normalizer_spec)
      append(field, fields.bytes());
    if (field != model_field::pieces) continue;
    ProtobufReader piece(fields.bytes(), "");
    auto type = static_cast<std::uint64_t>(Type::normal);
    while (piece.next()) {
      if (piece.field() == piece_field::type) type = piece.varint();
    }
    for (const Type kept : {Type::unknown, Type::control, Type::user_defined}) {
      if (type == static_cast<std::uint64_t>(kept)) append(field, fields.bytes());
    }
  }
  return out;
}

SentencePieceModel read_sentencepiece_model(ByteView bytes, std::string_view subject) {
  if (std::ssize(bytes) > kMaxTokenizerBytes) fail(ErrorCode::limit, subject, "is larger than 128 MiB");
  return ModelReader(subject).read(as_text(bytes));
}

}  // namespace sightline
