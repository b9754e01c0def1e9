// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/tokenizer_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/base/log.h"
#include "sightline/files/file.h"
#include "sightline/model/data_folder.h"
#include "sightline/model/family.h"
#include "sightline/model/tokenizer_fit.h"
#include "sightline/text/sentencepiece_tables.h"
#include "sightline/text/tokenizer_folder.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxFileBytes = 128LL << 20;
constexpr std::string_view kTokenizerJson = "tokenizer.json", kConfig = "config.json";
// The vocabularies of tokenizers other than CLIP's, besides tokenizer.json.
constexpr std::string_view kVocabTxt = "vocab.txt";
constexpr std::array<std::string_view, 3> kVocabularies = {"spiece.model", "sentencepiece.bpe.model",
                                                           kVocabTxt};

struct Pair {
  std::string_view vocabulary, merges;
};
// Hugging Face's names, then KerasHub's for newer and older presets.
constexpr std::array kPairs = {
    Pair{"vocab.json", "merges.txt"},
    Pair{"assets/tokenizer/vocabulary.json", "assets/tokenizer/merges.txt"},
    Pair{"assets/vocabulary.json", "assets/merges.txt"},
};

// diffusers keeps the tokenizer of `text_encoder` in `tokenizer` beside it, and that of `text_encoder_2` in
// `tokenizer_2`. "" for any other folder.
std::string pipeline_tokenizer_folder(const ModelFiles& files) {
  constexpr std::string_view kEncoder = "text_encoder", kTokenizer = "tokenizer";
  if (files.packed() != nullptr) return "";
  std::error_code error;
  std::filesystem::path folder =
      std::filesystem::absolute(files.place().empty() ? "." : files.place(), error).lexically_normal();
  if (error) return "";
  if (!folder.has_filename()) folder = folder.parent_path();
  const std::string name = folder.filename().string();
  if (!name.starts_with(kEncoder)) return "";
  return (folder.parent_path() / (std::string(kTokenizer) + name.substr(kEncoder.size()))).string();
}

/// The files beside a vocabulary.
class Settings {
 public:
  explicit Settings(const TokenizerFiles& tokenizer)
      : config_(read(tokenizer, tokenizer.config)),
        tokens_(read(tokenizer, tokenizer.special_tokens_map)),
        added_(read(tokenizer, tokenizer.added_tokens)) {}

  TokenizerSettingsTexts texts(std::string_view model_class, std::string_view model_type = {}) const {
    return {as_text(config_), as_text(tokens_), as_text(added_), model_class, model_type};
  }

 private:
  // An empty text would mean an absent file to the functions that read the settings.
  static std::vector<std::byte> read(const TokenizerFiles& tokenizer, const std::string& name) {
    if (name.empty()) return {};
    std::vector<std::byte> bytes = tokenizer.files.read(name, kMaxFileBytes);
    if (bytes.empty()) fail(ErrorCode::header, tokenizer.files.path(name), "is empty, expected JSON");
    return bytes;
  }

  std::vector<std::byte> config_, tokens_, added_;
};

std::unique_ptr<CLIPTokenizer> read_tokenizer(const TokenizerFiles& tokenizer, std::string_view model_class,
                                              TextCleaning cleaning) {
  const auto map = [&](const std::string& name) { return tokenizer.files.map(name, kMaxFileBytes); };
  const Settings files(tokenizer);
  const TokenizerSettingsTexts settings = files.texts(model_class);
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

// What a class reads if there is no tokenizer.json; "" = nothing.
std::string_view vocabulary_file(TokenizerClass tokenizer_class) {
  return tokenizer_class == TokenizerClass::bert ? kVocabTxt : sentencepiece_file(tokenizer_class);
}

/// The tokenizer of a family that does not have CLIP's: its files, and the class of transformers that reads
/// them. Errors: missing if there are none; those of `choose_tokenizer_class` and `ModelFiles::map`.
class PipelineSource {
 public:
  PipelineSource(const ModelFiles& files, const ModelConfig& config)
      : files_(find_tokenizer(files)), settings_(files_) {
    const bool openclip = config.tokenizer.source == TokenizerSource::openclip;
    const TokenizerSettingsTexts texts =
        settings_.texts(config.tokenizer.class_name, openclip ? std::string_view() : config.family->name);
    tokenizer_class_ = choose_tokenizer_class(texts);
    const std::string vocabulary(vocabulary_file(tokenizer_class_));
    if (!files_.found()) {
      fail(ErrorCode::missing, vocabulary.empty() ? kTokenizerJson : std::string_view(vocabulary),
           "is not in the model folder");
    }
    folder_.settings = texts;
    if (!files_.tokenizer_json.empty()) folder_.tokenizer_json = as_text(map(files_.tokenizer_json));
    if (std::ranges::find(files_.vocabularies, vocabulary) == files_.vocabularies.end()) return;
    if (vocabulary == kVocabTxt) {
      folder_.vocab_txt = as_text(map(vocabulary));
    } else {
      folder_.sentencepiece = map(vocabulary);
    }
  }
  PipelineSource(const PipelineSource&) = delete;
  PipelineSource& operator=(const PipelineSource&) = delete;

  std::unique_ptr<Tokenizer> make() const { return make_pipeline_tokenizer(folder_, tokenizer_class_); }
  std::vector<std::byte> compile() const { return compile_pipeline_tokenizer(folder_, tokenizer_class_); }
  /// Name for messages.
  std::string name() const { return files_.name(); }

 private:
  ByteView map(const std::string& name) {
    mapped_.push_back(files_.files.map(name, kMaxFileBytes));
    return mapped_.back().bytes;
  }

  TokenizerFiles files_;
  Settings settings_;
  TokenizerClass tokenizer_class_ = TokenizerClass::generic;
  std::vector<MappedBytes> mapped_;
  TokenizerFolder folder_;
};

struct Found {
  std::unique_ptr<CLIPTokenizer> tokenizer;
  std::string folder, file;  ///< names for messages
};

/// Reads the tokenizer of a model, or CLIP's. Errors: those of `load_tokenizer`.
Found open_tokenizer(const ModelFiles& files, const ModelConfig& config, TextCleaning cleaning,
                     TokenizerAhead* ahead = nullptr) {
  TokenizerFiles found = find_tokenizer(files);
  const bool shipped = found.vocabulary.empty() && found.tokenizer_json.empty();
  std::unique_ptr<CLIPTokenizer> tokenizer;
  if (ahead != nullptr && !shipped) tokenizer = ahead->take(found, config.tokenizer.class_name, cleaning);
  if (shipped) found = find_tokenizer(shipped_files());
  if (tokenizer == nullptr)
    tokenizer = read_tokenizer(found, shipped ? std::string_view() : config.tokenizer.class_name, cleaning);
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
  return {std::move(tokenizer), found.files.place(), found.name()};
}

std::unique_ptr<Tokenizer> fit(std::unique_ptr<Tokenizer> tokenizer, const ModelConfig& config,
                               const std::string& folder, const std::string& file) {
  tokenizer = fit_to_rows(std::move(tokenizer), config.text.vocabulary_size, folder, file);
  // The padding of CLIP's tokenizer is that of the text tower, which adds it.
  if (config.text.pad_id && config.tokenizer.source != TokenizerSource::clip)
    return with_padding(std::move(tokenizer), config, file);
  check_end(*tokenizer, config.text, file);
  return tokenizer;
}

}  // namespace

std::string TokenizerFiles::name() const {
  if (!tokenizer_json.empty()) return "tokenizer.json";
  return vocabulary.empty() && !vocabularies.empty() ? vocabularies.front() : "vocab.json";
}

std::vector<std::string> TokenizerFiles::names() const {
  std::vector<std::string> names;
  if (!tokenizer_json.empty()) {
    names = {tokenizer_json};
  } else if (!vocabulary.empty()) {
    names = {vocabulary, merges};
  }
  names.insert(names.end(), vocabularies.begin(), vocabularies.end());
  for (const std::string& name : {config, special_tokens_map, added_tokens}) {
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

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
  for (const std::string_view name : kVocabularies) {
    if (files.has(name)) tokenizer.vocabularies.emplace_back(name);
  }
  if (has_json) tokenizer.tokenizer_json = kTokenizerJson;
  if (tokenizer.found()) {
    find_settings(tokenizer);
    return tokenizer;
  }
  if (without_merges) fail(ErrorCode::missing, "merges.txt", "does not exist next to the vocabulary");
  if (const std::string beside = pipeline_tokenizer_folder(files); !beside.empty()) {
    if (TokenizerFiles found = find_tokenizer(beside); found.found()) return found;
  }
  find_settings(tokenizer);  // the class says which file is missing
  return tokenizer;
}

std::optional<ModelFiles> shipped_tokenizer(const ModelConfig& config) {
  if (config.tokenizer.source != TokenizerSource::clip || config.text.vocabulary_size != kClipVocabulary)
    return std::nullopt;
  return shipped_files();
}

TokenizerAhead::TokenizerAhead(ModelFiles files, TextCleaning cleaning, ThreadPool& pool)
    : files_(std::move(files)), cleaning_(cleaning), work_(pool, [this] { read(); }) {}

void TokenizerAhead::read() {
  const TokenizerFiles found = find_tokenizer(files_);
  if (!found.found()) return;
  const ModelConfig config =
      ModelConfig::from_json(as_text(files_.read(kConfig, kMaxFileBytes)), std::string(kConfig));
  if (!config.has_text || config.tokenizer.source != TokenizerSource::clip) return;
  model_class_ = config.tokenizer.class_name;
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
  if (!config.has_text) fail(ErrorCode::missing, "", "has no text tower, and so no tokenizer");
  const PackedFile* packed = files.packed();
  const bool clip = config.tokenizer.source == TokenizerSource::clip;
  // The table of CLIP's tokenizer holds Hugging Face's cleaning.
  if (packed != nullptr && (!clip || cleaning == TextCleaning::hf) && packed->contains(kPackedTokenTable)) {
    log_debug("tokenizer: " + printable(files.path(kPackedTokenTable)));
    return load_token_table(packed->document(kPackedTokenTable), files.owner(), config, cleaning,
                            files.place(), std::string(kPackedTokenTable));
  }
  if (!clip) {
    const PipelineSource source(files, config);
    return fit(with_cleaning(source.make(), cleaning), config, files.place(), source.name());
  }
  Found found = open_tokenizer(files, config, cleaning, ahead);
  return fit(std::move(found.tokenizer), config, found.folder, found.file);
}

std::vector<std::byte> compile_tokenizer(const ModelFiles& files, const ModelConfig& config) {
  std::string folder = files.place(), file;
  std::vector<std::byte> table;
  if (config.tokenizer.source == TokenizerSource::clip) {
    const Found found = open_tokenizer(files, config, TextCleaning::hf);
    table = found.tokenizer->table();
    folder = found.folder;
    file = found.file;
  } else {
    const PipelineSource source(files, config);
    table = source.compile();
    file = source.name();
  }
  // Packing a tokenizer that does not fit the model is the same error as loading it.
  load_token_table(table, nullptr, config, TextCleaning::hf, folder, file);
  return table;
}

std::unique_ptr<Tokenizer> load_token_table(ByteView table, std::shared_ptr<const void> owner,
                                            const ModelConfig& config, TextCleaning cleaning,
                                            const std::string& folder, const std::string& file) {
  std::unique_ptr<Tokenizer> tokenizer;
  if (config.tokenizer.source == TokenizerSource::clip) {
    tokenizer = CLIPTokenizer::from_table(table, std::move(owner), file);
  } else {
    tokenizer = with_cleaning(pipeline_tokenizer_from_table(table, std::move(owner), file), cleaning);
  }
  return fit(std::move(tokenizer), config, folder, file);
}

}  // namespace sightline
