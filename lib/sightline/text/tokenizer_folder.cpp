// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/tokenizer_folder.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/class_pipeline.h"
#include "sightline/text/pipeline_table.h"
#include "sightline/text/sentencepiece_model.h"
#include "sightline/text/sentencepiece_tables.h"
#include "sightline/text/siglip_tokenizer.h"
#include "sightline/text/token_ids.h"
#include "sightline/text/tokenizer_json.h"
#include "sightline/text/unicode.h"
#include "sightline/text/vocab_txt.h"

namespace sightline {
namespace {

constexpr std::string_view kJsonName = "tokenizer.json";
constexpr std::string_view kConfigName = "tokenizer_config.json";

/// The files of a class, read, and the vocabulary of one of them.
struct Source {
  std::optional<TokenizerJson> json;
  std::optional<SentencePieceModel> sentencepiece;
  TokenizerSettings settings;
  ModelTables tables;
  UnigramSettings native;  ///< of SiglipTokenizer

  TokenizerClass tokenizer_class() const { return settings.tokenizer_class; }
};

ModelKind kind_of(TokenizerClass tokenizer_class) {
  switch (tokenizer_class) {
    case TokenizerClass::bert:
      return ModelKind::wordpiece;
    case TokenizerClass::gemma:
    case TokenizerClass::siglip2:
      return ModelKind::bpe;
    default:
      return ModelKind::unigram;
  }
}

std::int32_t id_of(const TokenIds& ids, const std::string& content, std::string_view role) {
  if (const std::optional<std::int32_t> id = ids.find(content)) return *id;
  fail(ErrorCode::missing, kConfigName,
       std::string("names \"") + printable(content) + "\" as its " + std::string(role) +
           ", which is not in the vocabulary");
}

/// The tokens around a text. The classes' constructors in transformers 5.24.
TokenTemplate class_template(const Source& source, const TokenIds& ids) {
  const SpecialTokens& special = source.settings.special;
  const auto optional_id = [&](const std::string& content, std::int32_t fallback) {
    return content.empty() ? fallback : id_of(ids, content, "token");
  };
  TokenTemplate around;
  switch (source.settings.tokenizer_class) {
    case TokenizerClass::bert:
      around.before = {optional_id(special.classification, 2)};
      around.after = {optional_id(special.separator, 3)};
      return around;
    case TokenizerClass::t5:
    case TokenizerClass::siglip:
      around.after = {id_of(ids, special.end, "end token")};
      around.end_once = source.settings.tokenizer_class == TokenizerClass::siglip;
      return around;
    case TokenizerClass::xlm_roberta:
      around.before = {id_of(ids, special.start, "start token")};
      around.after = {id_of(ids, special.end, "end token")};
      return around;
    default:
      break;
  }
  const std::optional<Json> processor = source.json->root().find("post_processor");
  return processor ? make_token_template(*processor) : around;
}

void check_ids(const TokenizerPipeline& pipeline) {
  for (const std::vector<std::int32_t>* ids : {&pipeline.around.before, &pipeline.around.after}) {
    for (const std::int32_t id : *ids) {
      if (id < pipeline.size) continue;
      fail(ErrorCode::mismatch, "tokenizer.json: post_processor",
           "has id " + std::to_string(id) + ", but there are " + std::to_string(pipeline.size) + " tokens");
    }
  }
}

void read_files(const TokenizerFolder& folder, TokenizerClass tokenizer_class, Source& source) {
  const std::string_view file = sentencepiece_file(tokenizer_class);
  if (!folder.tokenizer_json.empty() && tokenizer_class != TokenizerClass::siglip) {
    source.json.emplace(folder.tokenizer_json);
  } else if (!folder.sentencepiece.empty() && !file.empty()) {
    source.sentencepiece = read_sentencepiece_model(folder.sentencepiece, file);
    refuse_sentencepiece(*source.sentencepiece, file);
  } else if (tokenizer_class != TokenizerClass::bert || folder.vocab_txt.empty()) {
    const std::string_view needed = tokenizer_class == TokenizerClass::siglip ? file : kJsonName;
    fail(ErrorCode::missing, needed,
         std::string("is missing, and ").append(tokenizer_class_name(tokenizer_class)).append(" needs it"));
  }
}

void check_kind(const TokenizerJson& json, TokenizerClass tokenizer_class) {
  const ModelKind kind = json.kind(), expected = kind_of(tokenizer_class);
  if (kind == expected || tokenizer_class == TokenizerClass::generic) return;
  fail(ErrorCode::mismatch, json.root().at("model").path(),
       std::string("is of type ")
           .append(kind_name(kind))
           .append(", but ")
           .append(tokenizer_class_name(tokenizer_class))
           .append(" has ")
           .append(kind_name(expected)));
}

void read_tables(const TokenizerFolder& folder, Source& source) {
  const std::string_view file = sentencepiece_file(source.tokenizer_class());
  if (source.json) {
    source.tables = source.json->read_tables();
  } else if (source.tokenizer_class() == TokenizerClass::siglip) {
    NativeModel model = native_model(*source.sentencepiece, file);
    source.tables = std::move(model.tables);
    source.native = model.settings;
  } else if (source.sentencepiece) {
    source.tables =
        extended_tables(*source.sentencepiece, source.tokenizer_class(),
                        SettingsFile(folder.settings.config, kConfigName), source.settings.special);
  } else {
    source.tables = make_model_tables(read_vocab_txt(folder.vocab_txt), {}, "vocab.txt");
  }
}

/// The tables may come from a file, and be those of another model than the documents describe.
void check_scores(const Source& source) {
  const bool generic = source.tokenizer_class() == TokenizerClass::generic;
  const ModelKind kind = generic ? source.json->kind() : kind_of(source.tokenizer_class());
  const std::size_t expected = kind == ModelKind::unigram ? source.tables.pieces.size() : 0;
  if (source.tables.scores.size() == expected && (kind != ModelKind::unigram || expected > 0)) return;
  fail(kind == ModelKind::unigram && expected == 0 ? ErrorCode::header : ErrorCode::corrupt, kJsonName,
       "has " + std::to_string(source.tables.scores.size()) + " scores for " +
           std::to_string(source.tables.pieces.size()) + " tokens");
}

std::unique_ptr<TokenModel> make_model(const Source& source) {
  check_scores(source);
  const ModelTables& tables = source.tables;
  switch (source.tokenizer_class()) {
    case TokenizerClass::generic:
      return make_token_model(source.json->root().at("model"), source.json->kind(), tables);
    case TokenizerClass::siglip:
      return std::make_unique<Unigram>(tables.pieces, tables.scores, source.native, tables.owner);
    default:
      return make_model_of_class(source.tokenizer_class(), source.settings.special, tables);
  }
}

void set_steps(const Source& source, const TokenizerFolder& folder, TokenizerPipeline& pipeline) {
  if (source.tokenizer_class() != TokenizerClass::generic) {
    const ClassFiles files{source.json ? std::optional(source.json->root()) : std::nullopt,
                           source.sentencepiece ? &*source.sentencepiece : nullptr, folder.settings.config};
    set_class_steps(source.tokenizer_class(), files, pipeline);
    return;
  }
  const Json root = source.json->root();
  if (const std::optional<Json> spec = root.find("normalizer"); spec && !spec->is_null())
    pipeline.normalizer = make_normalizer(*spec);
  if (const std::optional<Json> spec = root.find("pre_tokenizer"); spec && !spec->is_null())
    pipeline.pre_tokenizer = make_pre_tokenizer(*spec);
}

bool lowers_case(const SettingsFile& config) {
  const std::optional<Json> lower = config.find_value("do_lower_case");
  return !lower || lower->as_bool();
}

/// A tokenizer in Python searches for all tokens in the raw text, in lower case if they are ordinary ones.
void make_raw(const SettingsFile& config, SpecialTokens& special) {
  for (SpecialTokens::Token& token : special.tokens) {
    if (token.single_word) {
      fail(ErrorCode::unsupported, kConfigName,
           "has a token \"" + printable(token.content) +
               "\" with single_word set, which is not supported for SiglipTokenizer");
    }
    if (token.normalized && !token.special && lowers_case(config))
      token.content = encode_utf8(lower_with_final_sigma(decode_utf8(token.content)));
    token.normalized = token.lstrip = token.rstrip = false;  // each part is stripped in any case
  }
}

std::unique_ptr<Tokenizer> make_siglip_tokenizer(const Source& source, const TokenizerFolder& folder,
                                                 const TokenIds& ids, TokenizerPipeline pipeline) {
  SiglipTokenizer::Parts parts;
  parts.canonicalizer =
      make_siglip_canonicalizer(lowers_case(SettingsFile(folder.settings.config, kConfigName)));
  parts.unknown = source.settings.special.unknown;
  for (const SpecialTokens::Token& token : source.settings.special.tokens) {
    const std::optional<std::int32_t> id = ids.find(token.content);
    if (id && token.special) parts.special_ids.insert(*id);
    if (id && token.id >= 0 && token.id != *id) {
      fail(ErrorCode::mismatch, kConfigName,
           "gives \"" + printable(token.content) + "\" the id " + std::to_string(token.id) + ", but it has " +
               std::to_string(*id));
    }
  }
  parts.pipeline = std::move(pipeline);
  return std::make_unique<SiglipTokenizer>(std::move(parts));
}

Source open_source(const TokenizerFolder& folder, TokenizerClass tokenizer_class) {
  if (tokenizer_class == TokenizerClass::clip)
    fail(ErrorCode::unsupported, "tokenizer_config.json: tokenizer_class", "is CLIPTokenizer");
  Source source;
  read_files(folder, tokenizer_class, source);
  const std::optional<Json> root = source.json ? std::optional(source.json->root()) : std::nullopt;
  source.settings = read_pipeline_settings(folder.settings, tokenizer_class, root);
  if (source.json) check_kind(*source.json, tokenizer_class);
  if (tokenizer_class == TokenizerClass::siglip) {
    make_raw(SettingsFile(folder.settings.config, kConfigName), source.settings.special);
  } else if (source.sentencepiece) {
    add_sentencepiece_tokens(*source.sentencepiece, source.settings.special);
  }
  return source;
}

std::unique_ptr<Tokenizer> build(const Source& source, const TokenizerFolder& folder) {
  TokenizerPipeline pipeline;
  pipeline.model = make_model(source);
  set_steps(source, folder, pipeline);
  TokenIds ids(*pipeline.model);
  const SpecialTokens& special = source.settings.special;
  add_tokens(special, ids, pipeline);
  pipeline.around = class_template(source, ids);
  check_ids(pipeline);
  if (!special.padding.empty()) pipeline.pad_id = id_of(ids, special.padding, "pad token");
  pipeline.max_length = source.settings.max_length;
  pipeline.truncate_left = source.settings.truncate_left;
  pipeline.pad_left = source.settings.pad_left;
  if (source.tokenizer_class() == TokenizerClass::siglip)
    return make_siglip_tokenizer(source, folder, ids, std::move(pipeline));
  return std::make_unique<PipelineTokenizer>(std::move(pipeline));
}

}  // namespace

std::unique_ptr<Tokenizer> make_pipeline_tokenizer(const TokenizerFolder& folder,
                                                   TokenizerClass tokenizer_class) {
  Source source = open_source(folder, tokenizer_class);
  read_tables(folder, source);
  return build(source, folder);
}

std::vector<std::byte> compile_pipeline_tokenizer(const TokenizerFolder& folder,
                                                  TokenizerClass tokenizer_class) {
  Source source = open_source(folder, tokenizer_class);
  read_tables(folder, source);
  build(source, folder);  // what cannot be used is not written
  const std::string json = source.json ? without_vocabulary(folder.tokenizer_json) : "";
  const std::string pieces = source.sentencepiece ? without_ordinary_pieces(folder.sentencepiece) : "";
  PipelineTable table;
  table.tokenizer_class = tokenizer_class;
  table.folder.tokenizer_json = json;
  table.folder.sentencepiece = as_bytes(pieces);
  table.folder.settings = folder.settings;
  table.tables = source.tables;
  table.native = source.native;
  return compile_pipeline_table(table);
}

std::unique_ptr<Tokenizer> pipeline_tokenizer_from_table(ByteView block, std::shared_ptr<const void> owner,
                                                         std::string_view subject) {
  PipelineTable table = view_pipeline_table(block, std::move(owner), subject);
  if (table.tokenizer_class == TokenizerClass::bert && table.folder.tokenizer_json.empty())
    table.folder.vocab_txt = " ";  // its tokens are in the table
  Source source = open_source(table.folder, table.tokenizer_class);
  source.tables = std::move(table.tables);
  source.native = table.native;
  return build(source, table.folder);
}

}  // namespace sightline
