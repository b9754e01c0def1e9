// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/sentencepiece_tables.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/text/unigram_scan.h"

namespace sightline {
namespace {

/// XLMRobertaTokenizer's order: four tokens of its own instead of SentencePiece's three, and <mask> at the
/// end.
void reorder_as_fairseq(const SpecialTokens& special, ScoredPieces& vocabulary) {
  constexpr std::size_t kReplaced = 3;
  ScoredPieces result;
  const auto add = [&](std::string_view piece, double score) {
    result.pieces.add(piece);
    result.scores.push_back(score);
  };
  for (const std::string* token : {&special.start, &special.padding, &special.end, &special.unknown})
    add(*token, 0);
  for (std::size_t id = kReplaced; id < vocabulary.scores.size(); ++id)
    add(vocabulary.pieces[id], vocabulary.scores[id]);
  add("<mask>", 0);
  vocabulary = std::move(result);
}

}  // namespace

std::string_view sentencepiece_file(TokenizerClass tokenizer_class) {
  switch (tokenizer_class) {
    case TokenizerClass::siglip:
    case TokenizerClass::t5:
      return "spiece.model";
    case TokenizerClass::xlm_roberta:
      return "sentencepiece.bpe.model";
    default:
      return "";
  }
}

void refuse_sentencepiece(const SentencePieceModel& model, std::string_view file) {
  if (model.kind != SentencePieceModel::Kind::unigram) {
    fail(ErrorCode::unsupported, file,
         "has the model type " + std::to_string(static_cast<int>(model.kind)) +
             "; the supported one is Unigram (1)");
  }
  if (model.whitespace_as_suffix)
    fail(ErrorCode::unsupported, file, "has treat_whitespace_as_suffix, which is not supported");
}

void add_sentencepiece_tokens(const SentencePieceModel& model, SpecialTokens& special) {
  if (special.has_list) return;
  std::set<std::string> contents;
  for (const SpecialTokens::Token& token : special.tokens) contents.insert(token.content);
  for (std::size_t id = 0; id < model.types.size(); ++id) {
    const bool control = model.types[id] == SentencePieceModel::Type::control;
    if (!control && model.types[id] != SentencePieceModel::Type::user_defined) continue;
    std::string content(model.pieces[id]);
    if (contents.insert(content).second) {
      SpecialTokens::Token token;
      token.content = std::move(content);
      token.special = control;
      special.tokens.push_back(std::move(token));
    }
  }
}

ModelTables extended_tables(const SentencePieceModel& model, TokenizerClass tokenizer_class,
                            const SettingsFile& config, const SpecialTokens& special) {
  ScoredPieces vocabulary;
  vocabulary.pieces = model.pieces;
  vocabulary.scores.assign(model.scores.begin(), model.scores.end());
  if (tokenizer_class == TokenizerClass::xlm_roberta) {
    reorder_as_fairseq(special, vocabulary);
  } else {
    for (std::int64_t i = read_extra_ids(config); i-- > 0;) {
      vocabulary.pieces.add("<extra_id_" + std::to_string(i) + ">");
      vocabulary.scores.push_back(0);
    }
  }
  return make_model_tables(std::move(vocabulary.pieces), std::move(vocabulary.scores),
                           sentencepiece_file(tokenizer_class));
}

NativeModel native_model(const SentencePieceModel& model, std::string_view file) {
  using Type = SentencePieceModel::Type;
  UnigramSettings settings;
  settings.rule = UnigramRule::sentencepiece;
  settings.byte_fallback = model.byte_fallback;
  float least = std::numeric_limits<float>::max(), most = std::numeric_limits<float>::min();
  for (std::size_t id = 0; id < model.types.size(); ++id) {
    if (model.types[id] == Type::unknown) settings.unknown_id = static_cast<std::int32_t>(id);
    if (model.types[id] != Type::normal) continue;
    least = std::min(least, model.scores[id]);
    most = std::max(most, model.scores[id]);
  }
  settings.unknown_score = static_cast<double>(least - static_cast<float>(kUnknownPenalty));
  std::vector<double> scores;
  for (std::size_t id = 0; id < model.types.size(); ++id) {
    double score = kNotMatched;
    if (model.types[id] == Type::normal) score = static_cast<double>(model.scores[id]);
    if (model.types[id] == Type::user_defined)  // always the best, however long
      score = static_cast<double>(static_cast<float>(model.pieces[id].size()) * most) - 0.1;
    scores.push_back(score);
  }
  return {make_model_tables(model.pieces, std::move(scores), file), settings};
}

}  // namespace sightline
