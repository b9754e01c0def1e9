// SPDX-License-Identifier: Apache-2.0
// Applies one step of a tokenizer to texts, for scripts/compare_text_steps.py.
// Usage: text_steps normalizer|pre_tokenizer|sentencepiece|siglip|openclip SPEC < TEXTS
// SPEC is a file: the JSON of the step; for sentencepiece, an object with the members of its normaliser; for
// siglip, true or false (lowercase); for openclip, null. TEXTS and the results have one JSON value per line:
// strings, or lists of strings.

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"
#include "sightline/text/normalizer.h"
#include "sightline/text/pre_tokenizer.h"

using namespace sightline;

namespace {

std::unique_ptr<Normalizer> sentencepiece(const Json& json) {
  SentencePieceNormalizerSpec spec;
  spec.precompiled_charsmap = decode_base64(json.at("precompiled_charsmap").as_string()).value();
  spec.add_dummy_prefix = json.at("add_dummy_prefix").as_bool();
  spec.remove_extra_whitespaces = json.at("remove_extra_whitespaces").as_bool();
  spec.escape_whitespaces = json.at("escape_whitespaces").as_bool();
  json.at("user_defined").for_each_element([&](const Json& piece) {
    spec.user_defined.emplace_back(piece.as_string());
  });
  return make_sentencepiece_normalizer(std::move(spec));
}

std::unique_ptr<Normalizer> normalizer_of(const std::string& kind, const Json& spec) {
  if (kind == "siglip") return make_siglip_canonicalizer(spec.as_bool());
  if (kind == "openclip") return make_openclip_canonicalizer();
  return kind == "sentencepiece" ? sentencepiece(spec) : make_normalizer(spec);
}

void print_pieces(const PreTokenizer& step, std::string_view text, std::string& out) {
  std::vector<Piece> pieces = {{std::string(text), true}};
  step.split(pieces);
  out += '[';
  for (const Piece& piece : pieces) {
    if (&piece != pieces.data()) out += ',';
    append_json_string(out, piece.text);
  }
  out += ']';
}

void run(const std::string& kind, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const JsonDocument document(text, path);
  const bool splits = kind == "pre_tokenizer";
  const auto splitter = splits ? make_pre_tokenizer(document.root()) : nullptr;
  const auto step = splits ? nullptr : normalizer_of(kind, document.root());
  for (std::string line, out; std::getline(std::cin, line); out.clear()) {
    const JsonDocument input(line, "text");
    if (splits) {
      print_pieces(*splitter, input.root().as_string(), out);
    } else {
      append_json_string(out, step->apply(std::string(input.root().as_string())));
    }
    std::cout << out << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: text_steps normalizer|pre_tokenizer|sentencepiece|siglip|openclip SPEC < TEXTS\n";
    return 2;
  }
  try {
    run(argv[1], argv[2]);
  } catch (const Error& error) {
    std::cerr << "text_steps: " << error.what() << '\n';
    return 1;
  }
}
