// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"
#include "sightline/text/clip_tokenizer.h"
#include "support/catch.h"

using namespace sightline;

namespace {

std::string read(const std::string& name) {
  std::ifstream file(std::string(SIGHTLINE_DATA_DIR) + "/" + name, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The document around the vocabulary and merges, as transformers 5 writes it.
const std::string kAdded =
    R"([{"id": 8, "content": "<|startoftext|>", "single_word": false, "lstrip": false, "rstrip": false,)"
    R"( "normalized": false, "special": true}, {"id": 9, "content": "<|endoftext|>", "single_word": false,)"
    R"( "lstrip": false, "rstrip": false, "normalized": false, "special": true}])";
const std::string kSteps =
    R"("normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "pattern":)"
    R"( {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]}, "pre_tokenizer": {"type": "Sequence",)"
    R"( "pretokenizers": [{"type": "Split", "pattern": {"Regex": "<\\|startoftext\\|>|<\\|endoftext\\|>|)"
    R"('s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"}, "behavior": "Removed", "invert":)"
    R"( true}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]})";
const std::string kModel =
    R"("type": "BPE", "dropout": null, "unk_token": "<|endoftext|>", "continuing_subword_prefix": "",)"
    R"( "end_of_word_suffix": "</w>", "fuse_unk": false, "byte_fallback": false, "ignore_merges": false)";
const std::string kVocab =
    R"({"a": 0, "b": 1, "c": 2, "a</w>": 3, "b</w>": 4, "c</w>": 5, "ab": 6, "abc</w>": 7,)"
    R"( "<|startoftext|>": 8, "<|endoftext|>": 9})";

std::string file_with(const std::string& added, const std::string& vocab, const std::string& merges) {
  return R"({"version": "1.0", "truncation": null, "padding": null, "added_tokens": )" + added + ", " +
         kSteps + R"(, "model": {)" + kModel + R"(, "vocab": )" + vocab + R"(, "merges": )" + merges + "}}";
}
std::string tiny() { return file_with(kAdded, kVocab, R"([["a", "b"], ["ab", "c</w>"]])"); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::unique_ptr<CLIPTokenizer> load(const std::string& text) {
  return CLIPTokenizer::from_tokenizer_json(as_bytes(text), TextCleaning::hf);
}

ErrorCode code_of(const std::string& text) {
  try {
    load(text);
  } catch (const Error& error) {
    UNSCOPED_INFO(error.what());
    return error.code();
  }
  return ErrorCode::usage;
}

using Ids = std::vector<std::int32_t>;

}  // namespace

TEST_CASE("tokenizer.json: CLIP's whole vocabulary gives the ids of its two files", "[text][golden]") {
  std::string merges = "[";
  const std::string text = read("vocab/merges.txt");
  for (std::size_t at = text.find('\n') + 1; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (merges.size() > 1) merges += ", ";
    append_json_string(merges, text.substr(at, end - at));
    at = end + 1;
  }
  const std::string added =
      replaced(replaced(kAdded, "\"id\": 8", "\"id\": 49406"), "\"id\": 9", "\"id\": 49407");
  const auto tokenizer = load(file_with(added, read("vocab/vocab.json"), merges + "]"));
  CHECK(tokenizer->vocabulary_size() == 49408);
  std::ifstream lines(std::string(SIGHTLINE_DATA_DIR) + "/golden/text/hf.jsonl");
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    const JsonDocument document(line, "hf.jsonl");
    const auto ids = document.root().find("ids");
    if (!ids) continue;
    Ids expected;
    ids->for_each_element(
        [&](const Json& id) { expected.push_back(static_cast<std::int32_t>(id.as_integer())); });
    CHECK(tokenizer->encode(document.root().at("text").as_string(), 1000).ids == expected);
    ++count;
  }
  CHECK(count > 300);
}

TEST_CASE("tokenizer.json: merges may be strings or pairs, the pattern with or without names", "[text]") {
  const Ids expected{8, 7, 9, 0, 4, 9};
  const std::string strings = file_with(kAdded, kVocab, R"(["a b", "ab c</w>"])");
  const std::string plain = replaced(tiny(), R"(<\\|startoftext\\|>|<\\|endoftext\\|>|)", "");
  for (const std::string& text : {tiny(), strings, plain}) {
    CHECK(load(text)->encode("ABC<|endoftext|>Ab", 77).ids == expected);
  }
  CHECK(load(tiny())->encode("ABC<|endoftext|>Ab", 77).ids == expected);
}

// Ids from tokenizers 0.23 for the same file.
TEST_CASE("tokenizer.json: a normalised added token is found in the normalised text only", "[text]") {
  const std::string start =
      R"("<|startoftext|>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": )";
  const std::string both = replaced(tiny(), start + "false", start + "true");
  CHECK(load(both)->encode("a <|STARTOFTEXT|> b", 77).ids == Ids{8, 3, 8, 4, 9});
  CHECK(load(tiny())->encode("a <|STARTOFTEXT|> b", 77).ids.size() > 5);
  CHECK(load(tiny())->encode("a <|startoftext|> b", 77).ids == Ids{8, 3, 8, 4, 9});
  const std::string more = replaced(tiny(), "\"special\": true}]",
                                    R"("special": true}, {"id": 10, "content": "AB  B", "normalized": true},)"
                                    R"( {"id": 11, "content": "<x>", "normalized": false},)"
                                    R"( {"id": 12, "content": "<x>c", "normalized": false}])");
  const auto tokenizer = load(more);
  CHECK(tokenizer->vocabulary_size() == 13);
  CHECK(tokenizer->encode("cab\tBa", 77).ids == Ids{8, 5, 10, 3, 9});
  CHECK(tokenizer->encode("a<x>b<x>c<X>", 77).ids == Ids{8, 3, 11, 4, 12, 9, 9, 9, 9});
}

TEST_CASE("tokenizer.json: another tokenizer is rejected, with the part that differs", "[text][error]") {
  const std::vector<std::pair<std::string, std::string>> others = {
      {R"("type": "BPE")", R"("type": "WordPiece")"},
      {R"("end_of_word_suffix": "</w>")", R"("end_of_word_suffix": null)"},
      {R"("continuing_subword_prefix": "")", R"("continuing_subword_prefix": "##")"},
      {R"("dropout": null)", R"("dropout": 0.1)"},
      {R"("byte_fallback": false)", R"("byte_fallback": true)"},
      {R"("ignore_merges": false)", R"("ignore_merges": true)"},
      {R"("type": "NFC")", R"("type": "NFKC")"},
      {R"("content": " ")", R"("content": "")"},
      {R"(, {"type": "Lowercase"})", ""},
      {R"([\\p{N}])", R"([\\p{N}]+)"},
      {R"("behavior": "Removed")", R"("behavior": "Isolated")"},
      {R"("invert": true)", R"("invert": false)"},
      {R"("add_prefix_space": false)", R"("add_prefix_space": true)"},
      {R"("use_regex": true)", R"("use_regex": false)"},
      {R"("single_word": false)", R"("single_word": true)"},
      {R"("normalizer": {)", R"("normalizers": {)"},
  };
  CHECK(code_of(tiny()) == ErrorCode::usage);  // none
  for (const auto& [from, to] : others) {
    INFO(from << " -> " << to);
    CHECK(code_of(replaced(tiny(), from, to)) == ErrorCode::unsupported);
  }
  CHECK_THROWS_WITH(load(replaced(tiny(), R"("type": "NFC")", R"("type": "NFKC")")),
                    Contains("tokenizer.json: normalizer") && Contains("\"NFKC\"") && Contains("NFC"));
  CHECK_THROWS_WITH(
      load(replaced(tiny(), R"("version": "1.0")", R"("post_processor": {"type": "BertProcessing"})")),
      Contains("tokenizer.json: post_processor") && Contains("\"BertProcessing\""));
}

TEST_CASE("tokenizer.json in full: a post-processor without start and end tokens is rejected",
          "[text][error]") {
  const TokenizerSettingsTexts generic{R"({"tokenizer_class": "TokenizersBackend"})", "", "", ""};
  const auto code = [&](const std::string& processor) {
    const std::string text = replaced(tiny(), R"("version": "1.0")", "\"post_processor\": " + processor);
    try {
      CLIPTokenizer::from_tokenizer_json(as_bytes(text), TextCleaning::hf, generic);
    } catch (const Error& error) {
      UNSCOPED_INFO(error.what());
      return error.code();
    }
    return ErrorCode::usage;
  };
  CHECK(code(R"({"type": "RobertaProcessing", "cls": ["x", 8], "sep": ["y", 9]})") ==
        ErrorCode::usage);  // none
  CHECK(code(R"({"type": "RobertaProcessing", "cls": ["x", 8], "sep": ["y", 10]})") == ErrorCode::mismatch);
  CHECK(code(R"({"type": "RobertaProcessing", "cls": ["x"], "sep": ["y", 9]})") == ErrorCode::header);
  CHECK(code(R"({"type": "TemplateProcessing", "single": [{"Sequence": {}}], "special_tokens": {}})") ==
        ErrorCode::unsupported);
  CHECK(code(R"({"type": "ByteLevel"})") == ErrorCode::unsupported);
  CHECK(code("null") == ErrorCode::unsupported);
}

TEST_CASE("tokenizer.json: damaged files are rejected by class", "[text][error]") {
  CHECK(code_of("{}") == ErrorCode::missing);
  CHECK(code_of("[]") == ErrorCode::header);
  CHECK(code_of(replaced(tiny(), R"(["a", "b"])", R"(["a", "b", "c"])")) == ErrorCode::header);
  CHECK(code_of(replaced(tiny(), R"(["a", "b"])", R"(["", "b"])")) == ErrorCode::header);
  CHECK(code_of(replaced(tiny(), R"(["a", "b"])", R"("ab")")) == ErrorCode::header);
  CHECK(code_of(replaced(tiny(), R"(["a", "b"])", R"(["a", "q"])")) == ErrorCode::mismatch);
  CHECK(code_of(replaced(tiny(), R"(["ab", "c</w>"])", R"(["a", "b"])")) == ErrorCode::duplicate);
  CHECK(code_of(replaced(tiny(), R"("id": 9, "content": "<|endoftext|>")", R"("id": 9, "content": "")")) ==
        ErrorCode::header);
  std::string many = "[";
  for (int i = 0; i < 1025; ++i) {
    many += std::string(i > 0 ? ", " : "") + R"({"id": )" + std::to_string(i + 10) + R"(, "content": "t)" +
            std::to_string(i) + "\"}";
  }
  CHECK(code_of(file_with(many + "]", kVocab, "[]")) == ErrorCode::limit);
}
