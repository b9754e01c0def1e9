// SPDX-License-Identifier: Apache-2.0
// encode_texts FOLDER [TEXTS.json]: prints the ids of each text of a JSON list, one line per text, with the
// tokenizer of a folder other than CLIP's; how long loading and encoding took goes to stderr. For
// compare_tokenizers.py.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/text/tokenizer_folder.h"

using namespace sightline;

namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  std::string text(static_cast<std::size_t>(file.tellg()), '\0');
  file.seekg(0);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  return text;
}

std::string member(const std::string& json, std::string_view key) {
  const JsonDocument document(json, "config.json");
  const auto value = document.root().find(key);
  return value ? std::string(value->as_string()) : std::string();
}

std::string line_of(const Tokenizer& tokenizer, std::string_view text) {
  std::string line;
  try {
    for (const std::int32_t id : tokenizer.encode(text, INT32_MAX).ids)
      line.append(std::to_string(id)).append(" ");
  } catch (const Error& error) {
    return std::string("error: ") + error.what();
  }
  return line;
}

void run(const std::filesystem::path& folder, const char* texts_file) {
  const std::string config = contents(folder / "tokenizer_config.json");
  const std::string model_type = member(contents(folder / "config.json"), "model_type");
  const std::string map = contents(folder / "special_tokens_map.json");
  const std::string added = contents(folder / "added_tokens.json");
  const TokenizerSettingsTexts settings{config, map, added, "", model_type};
  const TokenizerClass tokenizer_class = choose_tokenizer_class(settings);
  const std::string json = contents(folder / "tokenizer.json"), vocab = contents(folder / "vocab.txt");
  const std::string_view file = sentencepiece_file(tokenizer_class);
  const std::string model = file.empty() ? "" : contents(folder / file);
  const Clock::time_point start = Clock::now();
  const auto tokenizer = make_pipeline_tokenizer({json, as_bytes(model), vocab, settings}, tokenizer_class);
  std::fprintf(stderr, "load: %.1f ms, %lld tokens\n", ms_since(start),
               static_cast<long long>(tokenizer->vocabulary_size()));
  const std::vector<std::byte> table =
      compile_pipeline_tokenizer({json, as_bytes(model), vocab, settings}, tokenizer_class);
  const Clock::time_point opening = Clock::now();
  const auto packed = pipeline_tokenizer_from_table(table, nullptr, "table");
  std::fprintf(stderr, "load from a table: %.1f ms, %zu bytes\n", ms_since(opening), table.size());
  if (texts_file == nullptr) return;
  const JsonDocument texts(contents(texts_file), "texts");
  std::vector<std::string> lines;
  const Clock::time_point encoding = Clock::now();
  texts.root().for_each_element(
      [&](const Json& text) { lines.push_back(line_of(*tokenizer, text.as_string())); });
  std::fprintf(stderr, "encode: %.1f ms, %zu texts\n", ms_since(encoding), lines.size());
  for (const std::string& line : lines) std::puts(line.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 1;
  try {
    run(argv[1], argc > 2 ? argv[2] : nullptr);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 5;
  }
}
