#include "sightline/model/tokenizer_files.h"

#include <array>
#include <string_view>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/base/log.h"
#include "sightline/io/file.h"
#include "sightline/io/stand_in.h"
#include "sightline/model/locate.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxFileBytes = 64LL << 20;

struct Pair {
  std::string_view vocabulary, merges;
};
// Hugging Face's names; KerasHub's, by the age of the preset.
constexpr std::array kPairs = {
    Pair{"vocab.json", "merges.txt"},
    Pair{"assets/tokenizer/vocabulary.json", "assets/tokenizer/merges.txt"},
    Pair{"assets/vocabulary.json", "assets/merges.txt"},
};

std::unique_ptr<Tokenizer> read_tokenizer(const TokenizerFiles& files, TextCleaning cleaning) {
  if (!files.tokenizer_json.empty())
    return CLIPTokenizer::from_tokenizer_json(read_model_file(files.tokenizer_json, kMaxFileBytes), cleaning);
  const auto read = [](const std::string& path) {
    return path.empty() ? std::vector<std::byte>() : read_model_file(path, kMaxFileBytes);
  };
  const std::vector<std::byte> config = read(files.config), map = read(files.special_tokens_map),
                               added = read(files.added_tokens);
  return CLIPTokenizer::from_vocabulary(read(files.vocabulary), read(files.merges), cleaning,
                                        read_special_tokens(as_text(config), as_text(map), as_text(added)));
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

}  // namespace

std::vector<std::string> TokenizerFiles::paths() const {
  if (!found()) return {};
  if (!tokenizer_json.empty()) return {tokenizer_json};
  std::vector<std::string> paths = {vocabulary, merges};
  for (const std::string& path : {config, special_tokens_map, added_tokens}) {
    if (!path.empty()) paths.push_back(path);
  }
  return paths;
}

TokenizerFiles find_tokenizer(const std::string& folder) {
  bool alone = false;
  for (const Pair& pair : kPairs) {
    const std::string vocabulary = join_path(folder, pair.vocabulary),
                      merges = join_path(folder, pair.merges);
    if (!file_exists(vocabulary)) continue;
    if (file_exists(merges)) {
      TokenizerFiles files = {vocabulary, merges, "", "", "", ""};
      if (&pair == &kPairs[0]) find_settings(folder, files);
      return files;
    }
    alone = true;
  }
  const std::string json = join_path(folder, "tokenizer.json");
  if (file_exists(json)) return {"", "", json, "", "", ""};
  if (alone) fail(ErrorCode::missing, "merges.txt", "is not beside vocab.json");
  return {};
}

std::unique_ptr<Tokenizer> load_tokenizer(const std::string& folder, std::int64_t rows,
                                          TextCleaning cleaning) {
  TokenizerFiles files = find_tokenizer(folder);
  const bool shipped = !files.found();
  if (shipped) files = find_tokenizer(join_path(data_folder(), "vocab"));
  std::unique_ptr<Tokenizer> tokenizer = read_tokenizer(files, cleaning);
  log_debug(
      "tokenizer: " + printable(files.tokenizer_json.empty() ? files.vocabulary : files.tokenizer_json) +
      ", " + std::to_string(tokenizer->vocabulary_size()) + " tokens");
  if (tokenizer->vocabulary_size() == rows) return tokenizer;
  const std::string json = join_path(folder, "tokenizer.json");
  if (!shipped && files.tokenizer_json.empty() && file_exists(json)) {
    // Its list of added tokens may be the only one.
    std::unique_ptr<Tokenizer> whole = read_tokenizer({"", "", json, "", "", ""}, cleaning);
    if (whole->vocabulary_size() == rows) return whole;
  }
  const std::string sizes = std::to_string(tokenizer->vocabulary_size()) +
                            " entries, the token embedding has " + std::to_string(rows) + " rows";
  if (shipped) {
    fail(ErrorCode::missing, "vocab.json",
         "is not in the model folder, nor tokenizer.json, and CLIP's own vocabulary does not fit: " + sizes);
  }
  fail(ErrorCode::mismatch, "vocab.json", "has " + sizes);
}

}  // namespace sightline
