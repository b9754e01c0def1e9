// SPDX-License-Identifier: Apache-2.0
// The goldens of scripts/golden/text_steps.py.
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sightline/base/format.h"
#include "sightline/containers/json.h"
#include "sightline/text/normalizer.h"
#include "sightline/text/pre_tokenizer.h"
#include "support/catch.h"

using namespace sightline;

namespace {

using Strings = std::vector<std::string>;
using Maps = std::map<std::string, std::string>;

Strings strings_of(const Json& value) {
  Strings out;
  if (value.is_string()) {
    out.emplace_back(value.as_string());
  } else {
    value.for_each_element([&](const Json& item) { out.emplace_back(item.as_string()); });
  }
  return out;
}

/// The line of a step with the base64 of its character map instead of the name.
std::string with_maps(std::string line, const Maps& maps) {
  for (const auto& [name, base64] : maps) {
    const std::string member = "\"precompiled_charsmap\": \"" + name + "\"";
    const std::size_t at = line.find(member);
    if (at != std::string::npos)
      line.replace(at, member.size(), "\"precompiled_charsmap\": \"" + base64 + "\"");
  }
  return line;
}

std::unique_ptr<Normalizer> sentencepiece(const Json& json) {
  SentencePieceNormalizerSpec spec;
  spec.precompiled_charsmap = decode_base64(json.at("precompiled_charsmap").as_string()).value();
  spec.add_dummy_prefix = json.at("add_dummy_prefix").as_bool();
  spec.remove_extra_whitespaces = json.at("remove_extra_whitespaces").as_bool();
  spec.escape_whitespaces = json.at("escape_whitespaces").as_bool();
  spec.user_defined = strings_of(json.at("user_defined"));
  return make_sentencepiece_normalizer(std::move(spec));
}

std::unique_ptr<Normalizer> normalizer_of(std::string_view kind, const Json& spec) {
  if (kind == "siglip") return make_siglip_canonicalizer(spec.as_bool());
  if (kind == "openclip") return make_openclip_canonicalizer();
  return kind == "sentencepiece" ? sentencepiece(spec) : make_normalizer(spec);
}

Strings pieces_of(const PreTokenizer& step, const std::string& text) {
  std::vector<Piece> pieces = {{text, true}};
  step.split(pieces);
  Strings out;
  for (Piece& piece : pieces) out.push_back(std::move(piece.text));
  return out;
}

/// Checks one line and returns the number of results that differ from their text.
std::size_t check_step(const Json& line, const Strings& texts) {
  const std::string_view kind = line.at("kind").as_string();
  const Json spec = line.at("spec");
  const bool splits = kind == "pre_tokenizer";
  const auto splitter = splits ? make_pre_tokenizer(spec) : nullptr;
  const auto step = splits ? nullptr : normalizer_of(kind, spec);
  std::size_t i = 0, changed = 0;
  line.at("results").for_each_element([&](const Json& result) {
    const std::string& text = texts.at(i++);
    const Strings expected = result.is_null() ? Strings{text} : strings_of(result);
    changed += result.is_null() ? 0 : 1;
    const Strings found = splits ? pieces_of(*splitter, text) : Strings{step->apply(text)};
    INFO(kind << " of text " << i << ": " << printable(text));
    CHECK(found == expected);
  });
  CHECK(i == texts.size());
  return changed;
}

}  // namespace

TEST_CASE("text steps: the results are those of tokenizers, sentencepiece and transformers",
          "[text][golden]") {
  std::ifstream file(std::string(SIGHTLINE_DATA_DIR) + "/golden/text/steps.jsonl", std::ios::binary);
  std::string line;
  REQUIRE(std::getline(file, line));
  const JsonDocument first(line, "steps.jsonl");
  const Strings texts = strings_of(first.root().at("texts"));
  Maps maps;
  first.root().at("maps").for_each_member(
      [&](std::string_view name, const Json& map) { maps.emplace(name, map.as_string()); });
  std::size_t steps = 0, changing = 0;
  for (; std::getline(file, line); ++steps) {
    const JsonDocument document(with_maps(std::move(line), maps), "steps.jsonl");
    changing += check_step(document.root(), texts) > 0 ? 1 : 0;
  }
  CHECK(steps == 67);
  CHECK(changing == steps - 1);  // a Strip of no side
}
