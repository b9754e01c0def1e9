// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/tokenizer_files.h"

#include <array>
#include <string_view>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/base/log.h"
#include "sightline/files/file.h"
#include "sightline/files/placeholder.h"
#include "sightline/model/data_folder.h"
#include "sightline/model/tokenizer_fit.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxFileBytes = 64LL << 20;

struct Pair {
  std::string_view vocabulary, merges;
};
// Hugging Face's names, then KerasHub's for newer and older presets.
constexpr std::array kPairs = {
    Pair{"vocab.json", "merges.txt"},
    Pair{"assets/tokenizer/vocabulary.json", "assets/tokenizer/merges.txt"},
    Pair{"assets/vocabulary.json", "assets/merges.txt"},
};

std::unique_ptr<CLIPTokenizer> read_tokenizer(const TokenizerFiles& files, std::string_view model_class,
                                              TextCleaning cleaning) {
  const auto read = [](const std::string& path) {
    return path.empty() ? std::vector<std::byte>() : read_model_file(path, kMaxFileBytes);
  };
  // An empty text would mean an absent file to the functions that read the settings.
  const auto read_settings = [&](const std::string& path) {
    std::vector<std::byte> bytes = read(path);
    if (!path.empty() && bytes.empty()) fail(ErrorCode::header, path, "is empty, expected JSON");
    return bytes;
  };
  const std::vector<std::byte> config = read_settings(files.config),
                               map = read_settings(files.special_tokens_map),
                               added = read_settings(files.added_tokens);
  const TokenizerSettingsTexts settings{as_text(config), as_text(map), as_text(added), model_class};
  if (!files.tokenizer_json.empty())
    return CLIPTokenizer::from_tokenizer_json(read(files.tokenizer_json), cleaning, settings);
  return CLIPTokenizer::from_vocabulary(read(files.vocabulary), read(files.merges), cleaning, settings);
}

void find_settings(const std::string& folder, TokenizerFiles& files) {
  const auto found = [&](std::string_view name) {
    const std::string path = join_path(folder, name);
    return file_exists(path) ? path : std::string();
  };
  files.config = found("tokenizer_config.json");
  files.special_tokens_map = found("special_tokens_map.json");
  files.added_tokens = found("added_tokens.json");
}

struct Found {
  std::unique_ptr<CLIPTokenizer> tokenizer;
  std::string file;  ///< name for messages
};

/// Reads the tokenizer of `folder`, or CLIP's. Errors: those of `load_tokenizer`.
Found open_tokenizer(const std::string& folder, const CLIPConfig& config, TextCleaning cleaning) {
  TokenizerFiles files = find_tokenizer(folder);
  const bool shipped = !files.found();
  if (shipped) files = find_tokenizer(join_path(data_folder().string(), "vocab"));
  std::unique_ptr<CLIPTokenizer> tokenizer =
      read_tokenizer(files, shipped ? std::string_view() : config.tokenizer_class, cleaning);
  log_debug(
      "tokenizer: " + printable(files.tokenizer_json.empty() ? files.vocabulary : files.tokenizer_json) +
      ", " + std::to_string(tokenizer->vocabulary_size()) + " tokens");
  const std::int64_t rows = config.text.vocabulary_size;
  if (shipped && tokenizer->vocabulary_size() != rows) {
    fail(
        ErrorCode::missing, "vocab.json",
        "is not in the model folder, nor is tokenizer.json, and CLIP's own vocabulary does not fit: it has " +
            std::to_string(tokenizer->vocabulary_size()) + " entries, but the token embedding has " +
            std::to_string(rows) + " rows");
  }
  return {std::move(tokenizer), files.name()};
}

std::unique_ptr<Tokenizer> fit(std::unique_ptr<Tokenizer> tokenizer, const CLIPTextConfig& config,
                               const std::string& folder, const std::string& file) {
  tokenizer = fit_to_rows(std::move(tokenizer), config.vocabulary_size, folder, file);
  check_end(*tokenizer, config, file);
  return tokenizer;
}

}  // namespace

std::string TokenizerFiles::name() const { return tokenizer_json.empty() ? "vocab.json" : "tokenizer.json"; }

std::vector<std::string> TokenizerFiles::paths() const {
  std::vector<std::string> paths;
  if (!tokenizer_json.empty()) {
    paths = {tokenizer_json};
  } else if (found()) {
    paths = {vocabulary, merges};
  }
  for (const std::string& path : {config, special_tokens_map, added_tokens}) {
    if (!path.empty()) paths.push_back(path);
  }
  return paths;
}

TokenizerFiles find_tokenizer(const std::string& folder) {
  const std::string json = join_path(folder, "tokenizer.json");
  bool without_merges = false;
  for (const Pair& pair : kPairs) {
    const std::string vocabulary = join_path(folder, pair.vocabulary),
                      merges = join_path(folder, pair.merges);
    const bool hugging_face = &pair == &kPairs[0];
    if (!file_exists(vocabulary)) continue;
    if (file_exists(merges)) {
      TokenizerFiles files = {vocabulary, merges, "", "", "", ""};
      if (hugging_face) find_settings(folder, files);
      // KerasHub's file of that name has another format.
      if (hugging_face && file_exists(json)) files.tokenizer_json = json;
      return files;
    }
    without_merges = true;
  }
  if (file_exists(json)) {
    TokenizerFiles files = {"", "", json, "", "", ""};
    find_settings(folder, files);
    return files;
  }
  if (without_merges) fail(ErrorCode::missing, "merges.txt", "does not exist next to the vocabulary");
  return {};
}

std::unique_ptr<Tokenizer> load_tokenizer(const std::string& folder, const CLIPConfig& config,
                                          TextCleaning cleaning) {
  Found found = open_tokenizer(folder, config, cleaning);
  return fit(std::move(found.tokenizer), config.text, folder, found.file);
}

std::vector<std::byte> compile_tokenizer(const std::string& folder, const CLIPConfig& config,
                                         TextCleaning cleaning) {
  const Found found = open_tokenizer(folder, config, cleaning);
  std::vector<std::byte> table = found.tokenizer->table();
  // Packing a tokenizer that does not fit the model is the same error as loading it.
  load_token_table(table, nullptr, config, folder, found.file);
  return table;
}

std::unique_ptr<Tokenizer> load_token_table(ByteView table, std::shared_ptr<const void> owner,
                                            const CLIPConfig& config, const std::string& folder,
                                            const std::string& file) {
  return fit(CLIPTokenizer::from_table(table, std::move(owner), file), config.text, folder, file);
}

}  // namespace sightline
