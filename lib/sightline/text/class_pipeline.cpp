// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/class_pipeline.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/bpe_model.h"
#include "sightline/text/charsmap.h"
#include "sightline/text/settings_file.h"
#include "sightline/text/unigram.h"
#include "sightline/text/wordpiece.h"

namespace sightline {
namespace {

std::unique_ptr<Normalizer> normalizer_of(std::string_view json) {
  const JsonDocument document(json, "normalizer");
  return make_normalizer(document.root());
}

std::unique_ptr<PreTokenizer> pre_tokenizer_of(std::string_view json) {
  const JsonDocument document(json, "pre_tokenizer");
  return make_pre_tokenizer(document.root());
}

bool flag_of(const SettingsFile& config, std::string_view key, bool fallback) {
  const std::optional<Json> value = config.find_value(key);
  return value ? value->as_bool() : fallback;
}

const char* text_of(bool value) { return value ? "true" : "false"; }

std::unique_ptr<Normalizer> bert_normalizer(const SettingsFile& config) {
  const std::optional<Json> accents = config.find_value("strip_accents");
  std::string json = R"({"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":)";
  json.append(text_of(flag_of(config, "tokenize_chinese_chars", true))).append(R"(,"strip_accents":)");
  json.append(accents ? text_of(accents->as_bool()) : "null").append(R"(,"lowercase":)");
  json.append(text_of(flag_of(config, "do_lower_case", true))).append("}");
  return normalizer_of(json);
}

bool is_charsmap(const Json& step) {
  if (!step.is_object()) return false;
  const std::optional<Json> type = step.find("type");
  return type && type->is_string() && type->as_string() == "Precompiled" && step.find("precompiled_charsmap");
}

/// The first step of type Precompiled in the normaliser of a `tokenizer.json`.
std::optional<Json> find_charsmap(const Json& root) {
  const std::optional<Json> spec = root.find("normalizer");
  if (!spec || spec->is_null()) return std::nullopt;
  if (is_charsmap(*spec)) return spec;
  const std::optional<Json> steps = spec->is_object() ? spec->find("normalizers") : spec;
  std::optional<Json> found;
  if (!steps || !steps->is_array()) return found;
  steps->for_each_element([&](const Json& step) {
    if (!found && is_charsmap(step)) found = step;
  });
  return found;
}

std::unique_ptr<Normalizer> charsmap_normalizer(const ClassFiles& files) {
  if (files.tokenizer_json) {
    const std::optional<Json> step = find_charsmap(*files.tokenizer_json);
    return step ? make_normalizer(*step) : nullptr;
  }
  const std::string& map = files.sentencepiece->normalizer.precompiled_charsmap;
  return map.empty() ? nullptr : make_precompiled_normalizer(Charsmap(map, "precompiled_charsmap"));
}

std::unique_ptr<PreTokenizer> metaspace(bool prefix) {
  return pre_tokenizer_of(std::string(R"({"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},)") +
                          R"({"type":"Metaspace","replacement":"▁","prepend_scheme":")" +
                          (prefix ? "always" : "never") + R"(","split":true}]})");
}

std::int32_t unknown_id(const SpecialTokens& special, const PieceIndex& pieces) {
  if (special.unknown.empty()) return kNoToken;
  if (const std::int32_t id = pieces.find(special.unknown); id != PieceIndex::kNone) return id;
  fail(ErrorCode::missing, "tokenizer_config.json: unk_token",
       "is \"" + printable(special.unknown) + "\", which is not in the vocabulary");
}

}  // namespace

void set_class_steps(TokenizerClass tokenizer_class, const ClassFiles& files, TokenizerPipeline& pipeline) {
  constexpr std::string_view kSpaces = R"({"type":"Replace","pattern":{"String":" "},"content":"▁"})";
  const SettingsFile config(files.config, "tokenizer_config.json");
  switch (tokenizer_class) {
    case TokenizerClass::bert:
      pipeline.normalizer = bert_normalizer(config);
      pipeline.pre_tokenizer = pre_tokenizer_of(R"({"type":"BertPreTokenizer"})");
      return;
    case TokenizerClass::t5:
      pipeline.normalizer = charsmap_normalizer(files);
      pipeline.pre_tokenizer = metaspace(true);
      return;
    case TokenizerClass::xlm_roberta:
      pipeline.normalizer = charsmap_normalizer(files);
      pipeline.pre_tokenizer = metaspace(flag_of(config, "add_prefix_space", true));
      return;
    // Both classes also split at spaces, of which the normaliser leaves none.
    case TokenizerClass::gemma:
      pipeline.normalizer = normalizer_of(kSpaces);
      return;
    case TokenizerClass::siglip2:
      pipeline.normalizer = normalizer_of(
          std::string(R"({"type":"Sequence","normalizers":[{"type":"Lowercase"},)").append(kSpaces) + "]}");
      return;
    case TokenizerClass::siglip:
      pipeline.normalizer = make_sentencepiece_normalizer(files.sentencepiece->normalizer);
      return;
    case TokenizerClass::clip:
    case TokenizerClass::generic:
      return;
  }
}

std::unique_ptr<TokenModel> make_model_of_class(TokenizerClass tokenizer_class, const SpecialTokens& special,
                                                const ModelTables& tables) {
  const PieceIndex& pieces = tables.pieces;
  if (tokenizer_class == TokenizerClass::bert) {
    WordPieceSettings settings;
    settings.unknown_id = unknown_id(special, pieces);
    return std::make_unique<WordPiece>(pieces, settings, tables.owner);
  }
  if (tokenizer_class == TokenizerClass::gemma || tokenizer_class == TokenizerClass::siglip2) {
    BpeSettings settings;
    settings.unknown_id = unknown_id(special, pieces);
    settings.byte_fallback = true;
    settings.fuse_unknown = true;
    return std::make_unique<BpeModel>(pieces, tables.merger, settings, tables.owner);
  }
  UnigramSettings settings;
  settings.unknown_id = tokenizer_class == TokenizerClass::t5 ? 2 : 3;
  if (static_cast<std::size_t>(settings.unknown_id) >= pieces.size()) {
    fail(ErrorCode::range, "model.vocab",
         "has " + std::to_string(pieces.size()) + " tokens, but that for unknown characters is number " +
             std::to_string(settings.unknown_id));
  }
  const std::span<const double> scores = tables.scores;
  settings.unknown_score = *std::min_element(scores.begin(), scores.end()) - kUnknownPenalty;
  return std::make_unique<Unigram>(pieces, scores, settings, tables.owner);
}

}  // namespace sightline
