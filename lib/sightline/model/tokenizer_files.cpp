#include "sightline/model/tokenizer_files.h"

#include <array>
#include <string_view>

#include "sightline/base/error.h"
#include "sightline/io/file.h"
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
    return CLIPTokenizer::from_tokenizer_json(read_file(files.tokenizer_json, kMaxFileBytes), cleaning);
  return CLIPTokenizer::from_vocabulary(read_file(files.vocabulary, kMaxFileBytes),
                                        read_file(files.merges, kMaxFileBytes), cleaning);
}

}  // namespace

std::vector<std::string> TokenizerFiles::paths() const {
  if (!found()) return {};
  if (!tokenizer_json.empty()) return {tokenizer_json};
  return {vocabulary, merges};
}

TokenizerFiles find_tokenizer(const std::string& folder) {
  bool alone = false;
  for (const Pair& pair : kPairs) {
    const std::string vocabulary = join_path(folder, pair.vocabulary),
                      merges = join_path(folder, pair.merges);
    if (!file_exists(vocabulary)) continue;
    if (file_exists(merges)) return {vocabulary, merges, ""};
    alone = true;
  }
  const std::string json = join_path(folder, "tokenizer.json");
  if (file_exists(json)) return {"", "", json};
  if (alone) fail(ErrorCode::missing, "merges.txt", "is not beside vocab.json");
  return {};
}

std::unique_ptr<Tokenizer> load_tokenizer(const std::string& folder, std::int64_t rows,
                                          TextCleaning cleaning) {
  TokenizerFiles files = find_tokenizer(folder);
  const bool shipped = !files.found();
  if (shipped) files = find_tokenizer(join_path(data_folder(), "vocab"));
  std::unique_ptr<Tokenizer> tokenizer = read_tokenizer(files, cleaning);
  if (tokenizer->vocabulary_size() == rows) return tokenizer;
  const std::string sizes = std::to_string(tokenizer->vocabulary_size()) +
                            " entries, the token embedding has " + std::to_string(rows) + " rows";
  if (shipped) {
    fail(ErrorCode::missing, "vocab.json",
         "is not in the model folder, nor tokenizer.json, and CLIP's own vocabulary does not fit: " + sizes);
  }
  fail(ErrorCode::mismatch, "vocab.json", "has " + sizes);
}

}  // namespace sightline
