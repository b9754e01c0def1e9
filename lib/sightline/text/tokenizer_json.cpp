// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/tokenizer_json.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/bpe_model.h"
#include "sightline/text/json_scanner.h"
#include "sightline/text/limits.h"
#include "sightline/text/unigram.h"
#include "sightline/text/wordpiece.h"

namespace sightline {
namespace {

constexpr std::string_view kName = "tokenizer.json";
constexpr std::string_view kVocabulary = "tokenizer.json: model.vocab";
constexpr std::int64_t kMostWordCharacters = 1 << 20;

bool flag_of(const Json& model, std::string_view key) {
  const std::optional<Json> value = model.find(key);
  return value && !value->is_null() && value->as_bool();
}

/// A string member; "" if it is null or absent.
std::string_view text_of(const Json& model, std::string_view key) {
  const std::optional<Json> value = model.find(key);
  return value && !value->is_null() ? value->as_string() : std::string_view();
}

std::int32_t id_of_unknown(const Json& model, const PieceIndex& pieces) {
  const std::optional<Json> token = model.find("unk_token");
  if (!token || token->is_null()) return kNoToken;
  const std::int32_t id = pieces.find(token->as_string());
  if (id != PieceIndex::kNone) return id;
  fail(ErrorCode::missing, token->path(),
       "is \"" + printable(token->as_string()) + "\", which is not in the vocabulary");
}

void refuse_dropout(const Json& model) {
  const std::optional<Json> dropout = model.find("dropout");
  if (dropout && !dropout->is_null() && dropout->as_double() != 0)
    fail(ErrorCode::unsupported, dropout->path(), "is set, which makes ids random");
}

std::unique_ptr<TokenModel> make_unigram(const Json& model, const ModelTables& tables) {
  UnigramSettings settings;
  const std::optional<Json> unknown = model.find("unk_id");
  if (unknown && !unknown->is_null()) {
    const auto last = static_cast<std::int64_t>(tables.pieces.size()) - 1;
    settings.unknown_id = static_cast<std::int32_t>(unknown->as_integer(0, last));
  }
  settings.byte_fallback = flag_of(model, "byte_fallback");
  const std::span<const double> scores = tables.scores;
  settings.unknown_score =
      scores.empty() ? 0 : *std::min_element(scores.begin(), scores.end()) - kUnknownPenalty;
  return std::make_unique<Unigram>(tables.pieces, scores, settings, tables.owner);
}

std::unique_ptr<TokenModel> make_bpe(const Json& model, const ModelTables& tables) {
  refuse_dropout(model);
  if (!text_of(model, "continuing_subword_prefix").empty()) {
    fail(ErrorCode::unsupported, model.at("continuing_subword_prefix").path(),
         "is set, which is not supported for BPE");
  }
  BpeSettings settings;
  settings.unknown_id = id_of_unknown(model, tables.pieces);
  settings.byte_fallback = flag_of(model, "byte_fallback");
  settings.fuse_unknown = flag_of(model, "fuse_unk");
  settings.ignore_merges = flag_of(model, "ignore_merges");
  settings.end_of_word = text_of(model, "end_of_word_suffix");
  return std::make_unique<BpeModel>(tables.pieces, tables.merger, std::move(settings), tables.owner);
}

std::unique_ptr<TokenModel> make_wordpiece(const Json& model, const ModelTables& tables) {
  WordPieceSettings settings;
  settings.unknown_id = id_of_unknown(model, tables.pieces);
  settings.continuing_prefix = model.at("continuing_subword_prefix").as_string();
  settings.max_characters = model.at("max_input_chars_per_word").as_integer(0, kMostWordCharacters);
  return std::make_unique<WordPiece>(tables.pieces, std::move(settings), tables.owner);
}

PieceList list_of(const std::vector<std::string_view>& tokens) {
  PieceList pieces;
  std::size_t bytes = 0;
  for (const std::string_view token : tokens) bytes += token.size();
  pieces.reserve(tokens.size(), bytes);
  for (const std::string_view token : tokens) {
    if (std::ssize(token) > kMaxPieceBytes) {
      fail(ErrorCode::limit, kVocabulary,
           "has a token of " + std::to_string(token.size()) + " bytes, at most " +
               std::to_string(kMaxPieceBytes) + " are accepted");
    }
    pieces.add(token);
  }
  return pieces;
}

}  // namespace

std::string_view kind_name(ModelKind kind) {
  switch (kind) {
    case ModelKind::unigram:
      return "Unigram";
    case ModelKind::bpe:
      return "BPE";
    case ModelKind::wordpiece:
      return "WordPiece";
  }
  return "";
}

TokenizerJson::TokenizerJson(std::string_view text) {
  if (std::ssize(text) > kMaxTokenizerBytes) fail(ErrorCode::limit, kName, "is larger than 128 MiB");
  if (std::optional<ScannedUnigram> scanned = scan_unigram_json(text)) {
    document_.emplace(scanned->rest, kName);
    vocabulary_ = std::move(scanned->vocabulary);
  } else {
    symbols_.emplace(text);
  }
  if (!root().is_object()) fail(ErrorCode::header, kName, "is not a JSON object");
}

Json TokenizerJson::root() const { return document_ ? document_->root() : symbols_->root(); }

ModelKind TokenizerJson::kind() const {
  const Json model = root().at("model");
  const Json vocab = model.at("vocab");
  const std::optional<Json> type = model.find("type");
  ModelKind kind = vocab.is_array()       ? ModelKind::unigram
                   : model.find("merges") ? ModelKind::bpe
                                          : ModelKind::wordpiece;
  if (type && !type->is_null()) {
    const std::string_view name = type->as_string();
    bool known = false;
    for (const ModelKind candidate : {ModelKind::unigram, ModelKind::bpe, ModelKind::wordpiece}) {
      if (name == kind_name(candidate)) {
        kind = candidate;
        known = true;
      }
    }
    if (!known) {
      fail(ErrorCode::unsupported, type->path(), "is \"" + printable(name) + "\", which is not supported");
    }
  }
  if (vocab.is_array() != (kind == ModelKind::unigram)) {
    fail(ErrorCode::header, vocab.path(),
         std::string("is not a vocabulary of the model type ").append(kind_name(kind)));
  }
  return kind;
}

ModelTables TokenizerJson::read_tables() {
  const ModelKind model_kind = kind();
  if (model_kind == ModelKind::unigram) {
    if (!vocabulary_) vocabulary_ = read_scored_pieces(root().at("model").at("vocab"));
    return make_model_tables(std::move(vocabulary_->pieces), std::move(vocabulary_->scores), kVocabulary);
  }
  const Symbols& symbols = symbols_->symbols();
  PieceList pieces = list_of(symbols.tokens());
  Vocabulary vocabulary;
  if (model_kind == ModelKind::bpe) symbols.set_merges(symbols_->merges(), vocabulary);
  return make_model_tables(std::move(pieces), vocabulary.merger, vocabulary.owner, kVocabulary);
}

std::string without_vocabulary(std::string_view text) {
  JsonScanner scan(text);
  std::string rest;
  std::size_t copied = 0;
  const auto skip_members = [&](auto&& skip) {
    if (!scan.take('{')) return;
    do {
      std::string_view key;
      if (!scan.read_string(key) || !scan.take(':')) return;
      skip(key);
    } while (scan.take(','));
    scan.take('}');
  };
  skip_members([&](std::string_view key) {
    if (key != "model") {
      scan.skip_value();
      return;
    }
    skip_members([&](std::string_view member) {
      const char first = scan.peek();
      const bool cut = (member == "vocab" || member == "merges") && (first == '[' || first == '{');
      if (cut) rest.append(text.substr(copied, scan.position() - copied)).append(first == '[' ? "[]" : "{}");
      scan.skip_value();
      if (cut) copied = scan.position();
    });
  });
  return rest.append(text.substr(copied));
}

std::unique_ptr<TokenModel> make_token_model(const Json& model, ModelKind kind, const ModelTables& tables) {
  switch (kind) {
    case ModelKind::unigram:
      return make_unigram(model, tables);
    case ModelKind::bpe:
      return make_bpe(model, tables);
    case ModelKind::wordpiece:
      return make_wordpiece(model, tables);
  }
  return nullptr;
}

}  // namespace sightline
