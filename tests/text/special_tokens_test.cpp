// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/special_tokens.h"

#include <cstdint>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/text/clip_tokenizer.h"
#include "support/catch.h"

using namespace sightline;

namespace {

const std::string kVocab =
    R"({"a": 0, "b": 1, "c": 2, "!": 3, "a</w>": 4, "b</w>": 5, "c</w>": 6, "!</w>": 7, "ab": 8, "abc</w>": 9,)"
    R"( "<|startoftext|>": 10, "<|endoftext|>": 11, "<s>": 12})";
const std::string kMerges = "#version: 0.2\na b\nab c</w>\n";

using Ids = std::vector<std::int32_t>;

struct Files {
  std::string config = "", map = "", added = "";
};

std::unique_ptr<CLIPTokenizer> load(const Files& files) {
  return CLIPTokenizer::from_vocabulary(as_bytes(kVocab), as_bytes(kMerges), TextCleaning::hf,
                                        {files.config, files.map, files.added, ""});
}
Ids ids(const Files& files, const std::string& text) { return load(files)->encode(text, 77).ids; }

ErrorCode code_of(const Files& files) {
  try {
    load(files);
  } catch (const Error& error) {
    UNSCOPED_INFO(error.what());
    return error.code();
  }
  return ErrorCode::usage;
}

}  // namespace

// Ids of transformers 5.23 for a folder with these files.
TEST_CASE("special tokens: a padding token is matched as a whole", "[text][golden]") {
  CHECK(ids({}, "a!") == Ids{10, 4, 7, 11});
  CHECK(ids({R"({"pad_token": "!"})"}, "a!") == Ids{10, 4, 3, 11});
  CHECK(ids({R"({"pad_token": "<|endoftext|>"})", R"({"pad_token": "!"})"}, "a!") == Ids{10, 4, 3, 11});
  CHECK(ids({R"({"pad_token": null})"}, "a!") == Ids{10, 4, 7, 11});
}

TEST_CASE("special tokens: OpenAI's files match the start token in the normalised text", "[text][golden]") {
  const Files openai = {
      R"({"bos_token": {"content": "<|startoftext|>", "single_word": false, "lstrip": false, "rstrip": false,)"
      R"( "normalized": true, "__type": "AddedToken"}, "eos_token": {"content": "<|endoftext|>",)"
      R"( "normalized": true, "__type": "AddedToken"}, "pad_token": "<|endoftext|>",)"
      R"( "model_max_length": 1000000000000000019884624838656})"};
  CHECK(ids(openai, "<|StartOfText|>a") == Ids{10, 10, 4, 11});
  // The padding token overrides that, and comes later.
  CHECK(ids(openai, "<|ENDOFTEXT|>").size() == 15);
}

TEST_CASE("special tokens: of equal tokens the first counts, of others the last", "[text][golden]") {
  const std::string object = R"({"content": "<|endoftext|>", "normalized": true, "__type": "AddedToken"})";
  // The padding token without a name is the string that came first.
  const Files first = {R"({"eos_token": "<|endoftext|>", "unk_token": )" + object + "}"};
  CHECK(ids(first, "<|EndOfText|>") == Ids{10, 11, 11});
  const Files last = {R"({"eos_token": )" + object + R"(, "unk_token": "<|endoftext|>", "pad_token": )" +
                      object + "}"};
  CHECK(ids(last, "<|EndOfText|>").size() == 15);
}

TEST_CASE("special tokens: other start and end tokens", "[text][golden]") {
  const Files other = {R"({"bos_token": "<s>"})"};
  CHECK(ids(other, "a<s>") == Ids{12, 4, 12, 11});
  CHECK(ids(other, "a<|startoftext|>").size() == 18);  // a text like any other
  CHECK(load(other)->start_id() == 12);
  CHECK(load(other)->end_id() == 11);
}

TEST_CASE("special tokens: tokens missing from the vocabulary are appended", "[text][golden]") {
  const Files added = {R"({})", "", R"({"<b>": 14, "c!": 13})"};
  CHECK(load(added)->vocabulary_size() == 15);
  CHECK(ids(added, "abc <b>C!a") == Ids{10, 9, 14, 13, 4, 11});
  CHECK(ids(added, "<B>") == Ids{10, 14, 11});
  const Files decoder = {
      R"({"added_tokens_decoder": {"11": {"content": "<|endoftext|>", "normalized": false,)"
      R"( "special": true}, "13": {"content": "<X>", "normalized": true}}})",
      R"({"pad_token": "!"})"};  // the map is ignored then
  CHECK(load(decoder)->vocabulary_size() == 14);
  CHECK(ids(decoder, "a<x>!") == Ids{10, 4, 13, 7, 11});
  CHECK(ids(decoder, "<X><|endoftext|>") == Ids{10, 13, 11, 11});
}

TEST_CASE("special tokens: invalid settings", "[text][error]") {
  CHECK(code_of({"[]"}) == ErrorCode::header);
  CHECK(code_of({"{"}) == ErrorCode::header);
  CHECK(code_of({R"({"pad_token": 5})"}) == ErrorCode::type);
  CHECK(code_of({R"({"pad_token": {}})"}) == ErrorCode::missing);
  CHECK(code_of({R"({"pad_token": {"content": "!", "single_word": true}})"}) == ErrorCode::unsupported);
  CHECK(code_of({R"({"added_tokens_decoder": {"x": {"content": "!"}}})"}) == ErrorCode::range);
  CHECK(code_of({"", "", R"({"!": -1})"}) == ErrorCode::range);
  std::string many = "{\"extra_special_tokens\": [\"0\"";
  for (int i = 1; i < 1025; ++i) many += ", \"" + std::to_string(i) + "\"";
  CHECK(code_of({many + "]}"}) == ErrorCode::limit);
}
