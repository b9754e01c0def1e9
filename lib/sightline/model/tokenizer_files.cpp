// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/tokenizer_files.h"

#include <array>
#include <string_view>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/base/log.h"
#include "sightline/files/file.h"
#include "sightline/model/data_folder.h"
#include "sightline/model/family.h"
#include "sightline/model/tokenizer_fit.h"
#include "sightline/text/settings_file.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxFileBytes = 64LL << 20;
constexpr std::string_view kTokenizerJson = "tokenizer.json", kConfig = "config.json";

struct Pair {
  std::string_view vocabulary, merges;
};
// Hugging Face's names, then KerasHub's for newer and older presets.
constexpr std::array kPairs = {
    Pair{"vocab.json", "merges.txt"},
    Pair{"assets/tokenizer/vocabulary.json", "assets/tokenizer/merges.txt"},
    Pair{"assets/vocabulary.json", "assets/merges.txt"},
};

std::unique_ptr<CLIPTokenizer> read_tokenizer(const TokenizerFiles& tokenizer, std::string_view model_class,
                                              TextCleaning cleaning) {
  const auto map = [&](const std::string& name) { return tokenizer.files.map(name, kMaxFileBytes); };
  // An empty text would mean an absent file to the functions that read the settings.
  const auto read_settings = [&](const std::string& name) {
    if (name.empty()) return std::vector<std::byte>();
    std::vector<std::byte> bytes = tokenizer.files.read(name, kMaxFileBytes);
    if (bytes.empty()) fail(ErrorCode::header, tokenizer.files.path(name), "is empty, expected JSON");
    return bytes;
  };
  const std::vector<std::byte> config = read_settings(tokenizer.config),
                               tokens = read_settings(tokenizer.special_tokens_map),
                               added = read_settings(tokenizer.added_tokens);
  const TokenizerSettingsTexts settings{as_text(config), as_text(tokens), as_text(added), model_class};
  if (!tokenizer.tokenizer_json.empty())
    return CLIPTokenizer::from_tokenizer_json(map(tokenizer.tokenizer_json).bytes, cleaning, settings);
  return CLIPTokenizer::from_vocabulary(map(tokenizer.vocabulary).bytes, map(tokenizer.merges).bytes,
                                        cleaning, settings);
}

void find_settings(TokenizerFiles& tokenizer) {
  const auto found = [&](std::string_view name) {
    return tokenizer.files.has(name) ? std::string(name) : std::string();
  };
  tokenizer.config = found("tokenizer_config.json");
  tokenizer.special_tokens_map = found("special_tokens_map.json");
  tokenizer.added_tokens = found("added_tokens.json");
}

// CLIP's vocabulary.
ModelFiles shipped_files() { return join_path(data_folder().string(), "vocab"); }

[[noreturn]] void fail_tokenizer(const ModelFiles& files, const ModelConfig& config) {
  constexpr std::string_view kSettings = "tokenizer_config.json", kClass = "tokenizer_class";
  std::string name(config.tokenizer_class.empty() ? config.family->tokenizer : config.tokenizer_class);
  if (files.has(kSettings)) {
    const SettingsFile settings(as_text(files.read(kSettings, kMaxFileBytes)), kSettings);
    if (const std::optional<Json> value = settings.find_value(kClass); value && value->is_string())
      name = value->as_string();
  }
  fail(ErrorCode::unsupported, "tokenizer",
       "is a " + name + ", which is not supported yet; only the images of " +
           std::string(config.family->title) + " models can be embedded");
}

struct Found {
  std::unique_ptr<CLIPTokenizer> tokenizer;
  std::string file;  ///< name for messages
};

/// Reads the tokenizer of a model, or CLIP's. Errors: those of `load_tokenizer`.
Found open_tokenizer(const ModelFiles& files, const ModelConfig& config, TextCleaning cleaning,
                     TokenizerAhead* ahead = nullptr) {
  if (!has_supported_tokenizer(config)) fail_tokenizer(files, config);
  TokenizerFiles found = find_tokenizer(files);
  const bool shipped = !found.found();
  std::unique_ptr<CLIPTokenizer> tokenizer;
  if (ahead != nullptr && !shipped) tokenizer = ahead->take(found, config.tokenizer_class, cleaning);
  if (shipped) found = find_tokenizer(shipped_files());
  if (tokenizer == nullptr)
    tokenizer = read_tokenizer(found, shipped ? std::string_view() : config.tokenizer_class, cleaning);
  log_debug("tokenizer: " + printable(found.files.path(found.names().front())) + ", " +
            std::to_string(tokenizer->vocabulary_size()) + " tokens");
  const std::int64_t rows = config.text.vocabulary_size;
  if (shipped && tokenizer->vocabulary_size() != rows) {
    fail(
        ErrorCode::missing, "vocab.json",
        "is not in the model folder, nor is tokenizer.json, and CLIP's own vocabulary does not fit: it has " +
            std::to_string(tokenizer->vocabulary_size()) + " entries, but the token embedding has " +
            std::to_string(rows) + " rows");
  }
  return {std::move(tokenizer), found.name()};
}

std::unique_ptr<Tokenizer> fit(std::unique_ptr<Tokenizer> tokenizer, const TextTowerConfig& config,
                               const std::string& folder, const std::string& file) {
  tokenizer = fit_to_rows(std::move(tokenizer), config.vocabulary_size, folder, file);
  check_end(*tokenizer, config, file);
  return tokenizer;
}

}  // namespace

std::string TokenizerFiles::name() const { return tokenizer_json.empty() ? "vocab.json" : "tokenizer.json"; }

std::vector<std::string> TokenizerFiles::names() const {
  std::vector<std::string> names;
  if (!tokenizer_json.empty()) {
    names = {tokenizer_json};
  } else if (found()) {
    names = {vocabulary, merges};
  }
  for (const std::string& name : {config, special_tokens_map, added_tokens}) {
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

bool has_supported_tokenizer(const ModelConfig& config) { return config.family == &clip_family(); }

TokenizerFiles find_tokenizer(const ModelFiles& files) {
  TokenizerFiles tokenizer;
  tokenizer.files = files;
  const bool has_json = files.has(kTokenizerJson);
  bool without_merges = false;
  for (const Pair& pair : kPairs) {
    const bool hugging_face = &pair == &kPairs[0];
    if (!files.has(pair.vocabulary)) continue;
    if (files.has(pair.merges)) {
      tokenizer.vocabulary = pair.vocabulary;
      tokenizer.merges = pair.merges;
      if (hugging_face) find_settings(tokenizer);
      // KerasHub's file of that name has another format.
      if (hugging_face && has_json) tokenizer.tokenizer_json = kTokenizerJson;
      return tokenizer;
    }
    without_merges = true;
  }
  if (has_json) {
    tokenizer.tokenizer_json = kTokenizerJson;
    find_settings(tokenizer);
    return tokenizer;
  }
  if (without_merges) fail(ErrorCode::missing, "merges.txt", "does not exist next to the vocabulary");
  return tokenizer;
}

std::optional<ModelFiles> shipped_tokenizer(const ModelConfig& config) {
  if (!has_supported_tokenizer(config) || config.text.vocabulary_size != kClipVocabulary) return std::nullopt;
  return shipped_files();
}

TokenizerAhead::TokenizerAhead(ModelFiles files, TextCleaning cleaning, ThreadPool& pool)
    : files_(std::move(files)), cleaning_(cleaning), work_(pool, [this] { read(); }) {}

void TokenizerAhead::read() {
  const TokenizerFiles found = find_tokenizer(files_);
  if (!found.found()) return;
  const ModelConfig config =
      ModelConfig::from_json(as_text(files_.read(kConfig, kMaxFileBytes)), std::string(kConfig));
  if (!has_supported_tokenizer(config)) return;
  model_class_ = config.tokenizer_class;
  tokenizer_ = read_tokenizer(found, model_class_, cleaning_);
  names_ = found.names();
}

std::unique_ptr<CLIPTokenizer> TokenizerAhead::take(const TokenizerFiles& found, std::string_view model_class,
                                                    TextCleaning cleaning) {
  try {
    work_.finish();
  } catch (const std::exception&) {
    return nullptr;  // the caller reads the files again and gets the same error
  }
  const bool same = model_class == model_class_ && cleaning == cleaning_ && found.names() == names_;
  return same ? std::move(tokenizer_) : nullptr;
}

std::unique_ptr<Tokenizer> load_tokenizer(const ModelFiles& files, const ModelConfig& config,
                                          TextCleaning cleaning, TokenizerAhead* ahead) {
  const PackedFile* packed = files.packed();
  if (packed != nullptr && cleaning == TextCleaning::hf && packed->contains(kPackedTokenTable)) {
    log_debug("tokenizer: " + printable(files.path(kPackedTokenTable)));
    return load_token_table(packed->document(kPackedTokenTable), files.owner(), config, files.place(),
                            std::string(kPackedTokenTable));
  }
  Found found = open_tokenizer(files, config, cleaning, ahead);
  return fit(std::move(found.tokenizer), config.text, files.place(), found.file);
}

std::vector<std::byte> compile_tokenizer(const ModelFiles& files, const ModelConfig& config) {
  const Found found = open_tokenizer(files, config, TextCleaning::hf);
  std::vector<std::byte> table = found.tokenizer->table();
  // Packing a tokenizer that does not fit the model is the same error as loading it.
  load_token_table(table, nullptr, config, files.place(), found.file);
  return table;
}

std::unique_ptr<Tokenizer> load_token_table(ByteView table, std::shared_ptr<const void> owner,
                                            const ModelConfig& config, const std::string& folder,
                                            const std::string& file) {
  return fit(CLIPTokenizer::from_table(table, std::move(owner), file), config.text, folder, file);
}

}  // namespace sightline
