// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/tokenizer_folder.h"

#include <bit>
#include <string>
#include <vector>

#include "sightline/text/vocab_txt.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using Ids = std::vector<std::int32_t>;

constexpr const char* kUnigram = R"("type":"Unigram","unk_id":0,"vocab":[["?",0],["a",-1],["b",-2.5e-1]])";
constexpr const char* kBpe =
    R"("type":"BPE","unk_token":null,"vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"]])";
constexpr const char* kWordPiece =
    R"("type":"WordPiece","unk_token":"?","continuing_subword_prefix":"##","max_input_chars_per_word":9,)"
    R"("vocab":{"?":0,"a":1})";

std::string document(const std::string& model, const std::string& rest = "") {
  return R"({"version":"1.0","model":{)" + model + "}" + (rest.empty() ? "" : "," + rest) + "}";
}

std::unique_ptr<Tokenizer> from_json(const std::string& json, TokenizerClass chosen = TokenizerClass::generic,
                                     std::string_view config = "") {
  TokenizerFolder folder;
  folder.tokenizer_json = json;
  folder.settings.config = config;
  return make_pipeline_tokenizer(folder, chosen);
}

Failure failure_of(const std::string& json, TokenizerClass chosen = TokenizerClass::generic,
                   std::string_view config = "") {
  return error_of([&] { from_json(json, chosen, config); });
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// A protobuf message, field by field.
std::string field(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}
std::string field(int number, int value) {
  return {static_cast<char>(number << 3), static_cast<char>(value)};
}
std::string field(int number, float value) {
  const auto bits = std::bit_cast<std::array<char, 4>>(value);
  return static_cast<char>(number << 3 | 5) + std::string(bits.data(), bits.size());
}
std::string piece(const std::string& text, float score, int type) {
  return field(1, field(1, text) + field(2, score) + field(3, type));
}
std::string model_bytes() {
  return piece("<unk>", 0, 2) + piece("</s>", 0, 3) + piece("a", -1, 1) + piece("\u2581", -2, 1);
}

Failure failure_of_model(const std::string& bytes) {
  return error_of([&] {
    TokenizerFolder folder;
    folder.sentencepiece = as_bytes(bytes);
    make_pipeline_tokenizer(folder, TokenizerClass::siglip);
  });
}

}  // namespace

TEST_CASE("tokenizer.json: the model and its settings decide the ids", "[text]") {
  CHECK(from_json(document(kUnigram))->encode("abab", 9).ids == Ids{1, 2, 1, 2});
  CHECK(from_json(document(kBpe))->encode("aba", 9).ids == Ids{2, 0});
  CHECK(from_json(document(kWordPiece))->encode("a", 9).ids == Ids{1});
  CHECK(from_json(document(replaced(kUnigram, R"("type":"Unigram",)", "")))->encode("b", 9).ids == Ids{2});
  // Escapes of a surrogate pair are beyond the fast reader.
  const std::string slow = replaced(kUnigram, R"(["b",)", R"(["\ud83d\ude00",)");
  CHECK(from_json(document(slow))->encode("\U0001F600", 9).ids == Ids{2});
}

TEST_CASE("tokenizer.json: what is malformed or not supported is an error that names it", "[text]") {
  const std::string unigram = document(kUnigram), bpe = document(kBpe), wordpiece = document(kWordPiece);
  CHECK(failure_of("[]").code == "HEADER");
  CHECK(failure_of("{}").code == "MISSING");
  CHECK(failure_of(replaced(unigram, "Unigram", "WordLevel")) ==
        Failure{"UNSUP", "tokenizer.json: model.type: is \"WordLevel\", which is not supported"});
  CHECK(failure_of(replaced(unigram, "Unigram", "BPE")).code == "HEADER");
  CHECK(failure_of(replaced(unigram, R"(["b",)", R"(["a",)")).code == "DUP");
  CHECK(failure_of(replaced(unigram, R"("unk_id":0)", R"("unk_id":3)")).code == "RANGE");
  CHECK(failure_of(replaced(unigram, R"(["a",-1])", R"(["a"])")).code == "HEADER");
  CHECK(failure_of(replaced(unigram, R"(["a",-1])", R"(["a","b"])")).code == "TYPE");
  CHECK(failure_of(replaced(unigram, R"(["a",-1])", R"(["a",1e999])")).code == "RANGE");
  CHECK(failure_of(replaced(unigram, R"(["a",)", R"([")" + std::string(2000, 'a') + R"(",)")).code ==
        "LIMIT");
  CHECK(failure_of(replaced(bpe, R"(["a","b"])", R"(["a","c"])")).code == "MISMATCH");
  CHECK(failure_of(replaced(bpe, R"("unk_token":null)", R"("unk_token":"?")")).code == "MISSING");
  CHECK(failure_of(replaced(bpe, R"("unk_token":null)", R"("dropout":0.1)")).code == "UNSUP");
  CHECK(failure_of(replaced(bpe, R"("unk_token":null)", R"("continuing_subword_prefix":"##")")).code ==
        "UNSUP");
  CHECK(failure_of(replaced(bpe, R"("ab":2)", R"("ab":3)")).code == "RANGE");
  CHECK(failure_of(replaced(wordpiece, R"(per_word":9)", R"(per_word":-1)")).code == "RANGE");
  CHECK(failure_of(document(kBpe, R"("normalizer":{"type":"Nmt"})")).code == "UNSUP");
  CHECK(failure_of(document(kBpe, R"("pre_tokenizer":{"type":"Digits"})")).code == "UNSUP");
  CHECK(
      failure_of(document(kBpe, R"("post_processor":{"type":"BertProcessing","sep":["a",0],"cls":["b",3]})"))
          .code == "MISMATCH");
  CHECK(failure_of(bpe, TokenizerClass::t5) ==
        Failure{"MISMATCH", "tokenizer.json: model: is of type BPE, but T5Tokenizer has Unigram"});
  CHECK(failure_of(unigram, TokenizerClass::xlm_roberta).code == "RANGE");  // no token 3
  CHECK(failure_of(bpe, TokenizerClass::generic, R"({"pad_token":7})").code == "TYPE");
}

TEST_CASE("tokenizer files: a class without its file is an error that names the file", "[text]") {
  CHECK(error_of([] { make_pipeline_tokenizer({}, TokenizerClass::siglip); }) ==
        Failure{"MISSING", "spiece.model: is missing, and SiglipTokenizer needs it"});
  CHECK(error_of([] { make_pipeline_tokenizer({}, TokenizerClass::gemma); }) ==
        Failure{"MISSING", "tokenizer.json: is missing, and GemmaTokenizer needs it"});
  CHECK(error_of([] { make_pipeline_tokenizer({}, TokenizerClass::clip); }).code == "UNSUP");
}

TEST_CASE("tokenizer files: ids beyond a model's are those of added tokens, in order", "[text]") {
  const auto tokenizer = from_json(
      document(kBpe,
               R"("added_tokens":[{"id":9,"content":"<x>","single_word":false,"lstrip":false,"rstrip":false,)"
               R"("normalized":false,"special":false}])"),
      TokenizerClass::generic, R"({"pad_token":"<p>","model_max_length":3})");
  CHECK(tokenizer->encode("a<x>ab", 9).ids == Ids{0, 3, 2});
  CHECK(tokenizer->pad_id() == 4);
  CHECK(tokenizer->vocabulary_size() == 5);
  CHECK(tokenizer->start_id() == kNoToken);
  CHECK(tokenizer->end_id() == kNoToken);
  CHECK(tokenizer->encode("abababa", 9).ids == Ids{2, 2, 2});
  CHECK(tokenizer->encode("abababa", 9).truncated);
  CHECK_FALSE(tokenizer->pads_left());
  CHECK(from_json(document(kBpe), TokenizerClass::generic, R"({"padding_side":"left"})")->pads_left());
  const std::string unknown = R"({"unk_token":"a","pad_token":"b"})";
  CHECK(from_json(document(kBpe), TokenizerClass::gemma, unknown)->pads_left());
  CHECK_FALSE(from_json(document(kBpe, R"("padding":{"direction":"Right","pad_token":"b"})"),
                        TokenizerClass::gemma, unknown)
                  ->pads_left());
  CHECK(error_of([&] { tokenizer->encode("\xFF", 9); }).code == "UTF8");
  CHECK(error_of([&] { tokenizer->encode(std::string((1 << 20) + 1, 'a'), 9); }).code == "LIMIT");
}

TEST_CASE("tokenizer files: a text that becomes too long when normalised is an error", "[text]") {
  const auto tokenizer = from_json(document(
      kUnigram,
      R"("normalizer":{"type":"Replace","pattern":{"String":"a"},"content":"bbbbbbbbbbbbbbbbbbbb"})"));
  CHECK(tokenizer->encode("a", 99).ids == Ids(20, 2));
  CHECK(error_of([&] { tokenizer->encode(std::string(1 << 20, 'a'), 9); }).code == "LIMIT");
}

TEST_CASE("tokenizer files: the class follows the settings and the model type", "[text]") {
  const auto chosen = [](std::string_view config, std::string_view model_type) {
    TokenizerSettingsTexts texts;
    texts.config = config;
    texts.model_type = model_type;
    return choose_tokenizer_class(texts);
  };
  CHECK(chosen("", "siglip") == TokenizerClass::siglip);
  CHECK(chosen("", "metaclip_2") == TokenizerClass::xlm_roberta);
  CHECK(chosen("", "altclip") == TokenizerClass::generic);
  CHECK(chosen(R"({"tokenizer_class":"GemmaTokenizerFast"})", "siglip") == TokenizerClass::gemma);
  CHECK(chosen(R"({"tokenizer_class":"GemmaTokenizer"})", "siglip2") == TokenizerClass::siglip2);
  CHECK(chosen(R"({"tokenizer_class":"PreTrainedTokenizerFast"})", "siglip") == TokenizerClass::generic);
  CHECK(chosen(R"({"tokenizer_class":"T5Tokenizer"})", "umt5") == TokenizerClass::generic);
  CHECK(error_of([&] { chosen(R"({"tokenizer_class":"LlamaTokenizer"})", "siglip"); }) ==
        Failure{"UNSUP",
                "tokenizer_config.json: tokenizer_class: is \"LlamaTokenizer\", which is not supported"});
}

TEST_CASE("spiece.model: a small model is read, and what is malformed is an error", "[text]") {
  CHECK(failure_of_model(model_bytes()) == Failure{});
  CHECK(failure_of_model("").code == "MISSING");
  CHECK(failure_of_model(model_bytes().substr(0, 9)).code == "TRUNC");
  CHECK(failure_of_model(model_bytes() + "\x0B").code == "HEADER");  // a group
  CHECK(failure_of_model(model_bytes() + std::string(11, '\xFF')).code == "HEADER");
  CHECK(failure_of_model(field(9, 1)).code == "HEADER");
  CHECK(failure_of_model(model_bytes() + piece("<unk2>", 0, 2)).code == "HEADER");
  CHECK(failure_of_model(model_bytes() + piece("a", 0, 1)).code == "DUP");
  CHECK(failure_of_model(model_bytes() + piece("", 0, 1)).code == "HEADER");
  CHECK(failure_of_model(model_bytes() + piece("\xFF", 0, 1)).code == "UTF8");
  CHECK(failure_of_model(model_bytes() + piece("b", 0, 7)).code == "RANGE");
  CHECK(failure_of_model(model_bytes() + piece("b", std::numeric_limits<float>::infinity(), 1)).code ==
        "RANGE");
  CHECK(failure_of_model(model_bytes() + field(1, field(1, 5))).code == "HEADER");  // a number as text
  CHECK(failure_of_model(model_bytes() + field(2, field(3, 2))).code == "UNSUP");   // BPE
  CHECK(failure_of_model(model_bytes() + field(2, field(3, 9))).code == "RANGE");
  CHECK(failure_of_model(model_bytes() + field(3, field(2, std::string("abc")))).code == "TRUNC");
}

TEST_CASE("vocab.txt: a line is a token without the white space at its end", "[text]") {
  const PieceList pieces = read_vocab_txt("[PAD]\na \u3000\r\n\nb\tc");
  REQUIRE(pieces.size() == 4);
  CHECK(pieces[1] == "a");
  CHECK(pieces[2].empty());
  CHECK(pieces[3] == "b\tc");
  CHECK(error_of([] { read_vocab_txt(""); }).code == "HEADER");
  CHECK(error_of([] { read_vocab_txt("\xEF\xBB\xBF"); }).code == "HEADER");
  CHECK(error_of([] { read_vocab_txt(std::string("a\0b", 3)); }).code == "HEADER");
  CHECK(error_of([] { read_vocab_txt("\xFF"); }).code == "UTF8");
  CHECK(error_of([] { read_vocab_txt("a\n" + std::string(2000, 'b')); }) ==
        Failure{"LIMIT", "vocab.txt: line 2: is longer than 1024 bytes"});
}
