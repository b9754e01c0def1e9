// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"
#include "sightline/text/clip_tokenizer.h"
#include "support/catch.h"

using namespace sightline;

namespace {

using Members = std::map<std::string, std::string>;
using Ids = std::vector<std::int32_t>;

Members members_of(const Json& object) {
  Members members;
  object.for_each_member(
      [&](std::string_view key, const Json& value) { members[std::string(key)] = value.as_string(); });
  return members;
}

std::string document_of(const Members& members) {
  std::string text = "{";
  for (const auto& [key, value] : members) {
    if (text.size() > 1) text += ",";
    append_json_string(text, key);
    text.append(":").append(value);
  }
  return text + "}";
}

std::string text_of(const Json& object, std::string_view key) {
  const auto value = object.find(key);
  return value ? std::string(value->as_string()) : std::string();
}

/// What all the folders have, and the folder of one case.
struct Folder {
  std::string vocabulary, merges, tokenizer_json, config, map, added;

  std::unique_ptr<CLIPTokenizer> load() const {
    const TokenizerSettingsTexts settings{config, map, added, ""};
    if (!tokenizer_json.empty())
      return CLIPTokenizer::from_tokenizer_json(as_bytes(tokenizer_json), TextCleaning::hf, settings);
    return CLIPTokenizer::from_vocabulary(as_bytes(vocabulary), as_bytes(merges), TextCleaning::hf, settings);
  }
};

Ids ids_of(const Json& list) {
  Ids ids;
  list.for_each_element([&](const Json& id) { ids.push_back(static_cast<std::int32_t>(id.as_integer())); });
  return ids;
}

}  // namespace

// Made by scripts/golden/tokenizer_folders.py.
TEST_CASE("tokenizer folders: ids as transformers 5.24 gives them, whichever file and key decides",
          "[text][golden]") {
  std::ifstream lines(std::string(SIGHTLINE_DATA_DIR) + "/golden/text/tokenizers.jsonl");
  std::string line;
  REQUIRE(std::getline(lines, line));
  const JsonDocument shared(line, "tokenizers.jsonl");
  const Members whole = members_of(shared.root().at("tokenizer.json"));
  std::vector<std::string> texts;
  shared.root().at("texts").for_each_element([&](const Json& text) { texts.emplace_back(text.as_string()); });

  int cases = 0;
  for (; std::getline(lines, line); ++cases) {
    const JsonDocument document(line, "tokenizers.jsonl");
    const Json root = document.root();
    INFO(root.at("about").as_string());
    Folder folder{text_of(shared.root(), "vocab.json"),
                  text_of(shared.root(), "merges.txt"),
                  "",
                  text_of(root, "tokenizer_config.json"),
                  text_of(root, "special_tokens_map.json"),
                  text_of(root, "added_tokens.json")};
    INFO("config " << folder.config << " map " << folder.map << " added " << folder.added);
    if (const auto parts = root.find("tokenizer.json")) {
      Members members = members_of(*parts);
      members.insert(whole.begin(), whole.end());
      folder.tokenizer_json = document_of(members);
    }
    const auto tokenizer = folder.load();
    std::size_t text = 0;
    root.at("ids").for_each_element([&](const Json& ids) {
      CHECK(tokenizer->encode(texts[text], 1000).ids == ids_of(ids));
      ++text;
    });
    CHECK(text == texts.size());
  }
  CHECK(cases > 90);
}
