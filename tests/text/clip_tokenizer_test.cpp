// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/clip_tokenizer.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/text/unicode.h"
#include "support/catch.h"

using namespace sightline;

namespace {

const std::string kData = SIGHTLINE_DATA_DIR;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::unique_ptr<CLIPTokenizer> full_tokenizer(TextCleaning cleaning) {
  const std::string vocab = read(kData + "/vocab/vocab.json"), merges = read(kData + "/vocab/merges.txt");
  return CLIPTokenizer::from_vocabulary(as_bytes(vocab), as_bytes(merges), cleaning);
}

// CRC-32 (IEEE 802.3) of ids as little-endian 32-bit words, as the golden's script computes it with zlib.
class Crc {
 public:
  void add(const std::vector<std::int32_t>& ids) {
    for (const std::int32_t id : ids) {
      for (int shift = 0; shift < 32; shift += 8) byte(static_cast<unsigned char>(id >> shift & 0xFF));
    }
  }
  std::uint32_t value() const { return ~state_; }

 private:
  void byte(unsigned char b) {
    state_ ^= b;
    for (int bit = 0; bit < 8; ++bit) state_ = state_ >> 1 ^ (0xEDB88320U & (0U - (state_ & 1U)));
  }
  std::uint32_t state_ = 0xFFFFFFFFU;
};

std::uint32_t crc_of(const std::vector<std::int32_t>& ids) {
  Crc crc;
  crc.add(ids);
  return crc.value();
}

void check_golden(const CLIPTokenizer& tokenizer, const std::string& name, int at_least) {
  std::ifstream lines(kData + "/golden/text/" + name);
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) {
    const JsonDocument document(line, name);
    const Json entry = document.root();
    const std::string text(entry.at("text").as_string());
    const Encoding encoding = tokenizer.encode(text, 1 << 20);
    INFO(line.substr(0, 300));
    if (const auto ids = entry.find("ids")) {
      std::vector<std::int32_t> expected;
      ids->for_each_element(
          [&](const Json& id) { expected.push_back(static_cast<std::int32_t>(id.as_integer())); });
      CHECK(encoding.ids == expected);
    }
    CHECK(static_cast<std::int64_t>(encoding.ids.size()) == entry.at("size").as_integer());
    CHECK(crc_of(encoding.ids) == entry.at("crc").as_integer());
    ++count;
  }
  CHECK(count >= at_least);
}

constexpr std::string_view kTinyMerges = "#version: 0.2\na b\nab c</w>\n";

std::string tiny_vocab() {
  return R"({"a": 0, "b": 1, "c": 2, "a</w>": 3, "b</w>": 4, "c</w>": 5, "ab": 6, "abc</w>": 7,)"
         R"( "<|startoftext|>": 8, "<|endoftext|>": 9})";
}

ErrorCode code_of(const std::string& vocab, const std::string& merges) {
  try {
    CLIPTokenizer::from_vocabulary(as_bytes(vocab), as_bytes(merges), TextCleaning::hf);
  } catch (const Error& error) {
    UNSCOPED_INFO(error.what());
    return error.code();
  }
  return ErrorCode::usage;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("tokenizer: ids match Hugging Face's on every golden caption", "[text][golden]") {
  check_golden(*full_tokenizer(TextCleaning::hf), "hf.jsonl", 420);
}

TEST_CASE("tokenizer: ids match OpenAI's SimpleTokenizer with its text cleaning", "[text][golden]") {
  check_golden(*full_tokenizer(TextCleaning::openai), "openai.jsonl", 480);
}

TEST_CASE("tokenizer: ids match Hugging Face's for every code point of Unicode", "[text][golden]") {
  const auto tokenizer = full_tokenizer(TextCleaning::hf);
  const std::string text = read(kData + "/golden/text/code_points.json");
  const JsonDocument document(text, "code_points.json");
  char32_t first = 0;
  document.root().for_each_element([&](const Json& expected) {
    Crc crc;
    for (char32_t c = first; c < first + 256; ++c) {
      if (c >= 0xD800 && c <= 0xDFFF) continue;
      const std::string point = encode_utf8(std::u32string(1, c));
      crc.add(tokenizer->encode("a" + point + "b " + point + " 1", 1000).ids);
    }
    if (crc.value() != expected.as_integer())
      FAIL_CHECK("block of U+" << std::hex << static_cast<std::uint32_t>(first));
    first += 256;
  });
  CHECK(first == 0x110000);
}

TEST_CASE("tokenizer: a long text is truncated, ends with the end token and is reported", "[text]") {
  const auto tokenizer = full_tokenizer(TextCleaning::hf);
  std::string text;
  for (int i = 0; i < 100; ++i) text += "dog ";
  const Encoding cut = tokenizer->encode(text, 77);
  CHECK(cut.truncated);
  CHECK(cut.ids.size() == 77);
  CHECK(cut.ids.back() == tokenizer->end_id());
  CHECK_FALSE(tokenizer->encode("a dog", 77).truncated);
  CHECK(tokenizer->encode("", 77).ids == std::vector<std::int32_t>{49406, 49407});
  const std::string exactly = text.substr(0, 75 * 4);
  CHECK_FALSE(tokenizer->encode(exactly, 77).truncated);
}

TEST_CASE("tokenizer: invalid UTF-8 and texts that are too long are rejected (T01, T03)", "[text][error]") {
  const auto tokenizer = full_tokenizer(TextCleaning::hf);
  for (const std::string bad :
       {"ab\xff", "ab\xc0\xaf", "ab\xed\xa0\x80", "ab\xf4\x90\x80\x80", "ab\xf0\x9f\x98"}) {
    CHECK_THROWS_WITH(tokenizer->encode(bad, 77), Contains("byte 2"));
  }
  CHECK(tokenizer->encode(std::string(1 << 20, 'a'), 77).truncated);
  CHECK_THROWS_WITH(tokenizer->encode(std::string((1 << 20) + 1, 'a'), 77), Contains("1048576"));
}

TEST_CASE("tokenizer: any text of one mebibyte is tokenised (T03, T04, T10)", "[text]") {
  const auto tokenizer = full_tokenizer(GENERATE(TextCleaning::hf, TextCleaning::openai));
  for (const std::string unit :
       {"a", "'s", " ", "\U0001F436", "\u0301", "xq7", "\u00e9", "\u0301\u0327\u0323"}) {
    std::string text;
    while (text.size() + unit.size() <= 1 << 20) text += unit;
    const Encoding encoding = tokenizer->encode(text, 77);
    CHECK(encoding.ids.size() == (unit == " " ? 2U : 77U));
  }
  std::mt19937 random(1);
  std::string letters;
  while (letters.size() < 1 << 20) letters += static_cast<char>('a' + random() % 26);
  CHECK(tokenizer->encode(letters, 77).truncated);
}

TEST_CASE("vocabulary: a tiny one merges as defined", "[text]") {
  const auto tokenizer =
      CLIPTokenizer::from_vocabulary(as_bytes(tiny_vocab()), as_bytes(kTinyMerges), TextCleaning::hf);
  CHECK(tokenizer->encode("abc ABC ab", 77).ids == std::vector<std::int32_t>{8, 7, 7, 0, 4, 9});
  CHECK(tokenizer->encode("x", 77).ids ==
        std::vector<std::int32_t>{8, 9, 9});  // unknown bytes become the end token
  CHECK(tokenizer->vocabulary_size() == 10);
  const std::string crlf = "#version: 0.2\r\na b\r\nab c</w>\r\n";
  CHECK(CLIPTokenizer::from_vocabulary(as_bytes(tiny_vocab()), as_bytes(crlf), TextCleaning::hf)
            ->encode("abc", 77)
            .ids == std::vector<std::int32_t>{8, 7, 9});
}

TEST_CASE("vocabulary: damaged files are rejected by class (C11-C18)", "[text][error]") {
  const std::string merges(kTinyMerges);
  CHECK(code_of(tiny_vocab(), merges) == ErrorCode::usage);  // none
  CHECK(code_of(replaced(tiny_vocab(), "\"b\": 1", "\"b\": 0"), merges) == ErrorCode::duplicate);
  CHECK(code_of(replaced(tiny_vocab(), "\"b\": 1", "\"b\": 10"), merges) == ErrorCode::range);
  CHECK(code_of(replaced(tiny_vocab(), "\"b\": 1", "\"b\": -1"), merges) == ErrorCode::range);
  CHECK(code_of(replaced(tiny_vocab(), "\"b\": 1", "\"b\": 4294967296"), merges) == ErrorCode::range);
  CHECK(code_of(replaced(tiny_vocab(), "\"b\": 1", "\"b\": \"1\""), merges) == ErrorCode::range);
  CHECK(code_of(replaced(tiny_vocab(), "<|endoftext|>", "<|end|>"), merges) == ErrorCode::missing);
  CHECK(code_of(replaced(tiny_vocab(), "\"b\"", "\"\\ud800\""), merges) == ErrorCode::header);
  CHECK(code_of("[]", merges) == ErrorCode::header);
  CHECK(code_of(tiny_vocab(), merges + "abc\n") == ErrorCode::header);
  CHECK(code_of(tiny_vocab(), merges + "a b c\n") == ErrorCode::header);
  CHECK(code_of(tiny_vocab(), merges + "a c\n") == ErrorCode::mismatch);
  CHECK(code_of(tiny_vocab(), merges + "a q\n") == ErrorCode::mismatch);
  CHECK(code_of(tiny_vocab(), merges + "a b\n") == ErrorCode::duplicate);
  CHECK(code_of(tiny_vocab(), merges + std::string(1'000'001, '\n')) == ErrorCode::limit);
  CHECK(code_of(tiny_vocab(), merges + std::string(100'000, 'a') + " b\n") == ErrorCode::limit);
  CHECK(code_of(tiny_vocab(), std::string("a\0 \0b\0\n\0", 8) + "\xff\xfe") == ErrorCode::utf8);
  CHECK_THROWS_WITH(
      CLIPTokenizer::from_vocabulary(as_bytes(tiny_vocab()), as_bytes("a b\nabc\n"), TextCleaning::hf),
      Contains("merges.txt: line 2"));
}

TEST_CASE("vocabulary: merges with a BOM or in UTF-16 are rejected (C18)", "[text][error]") {
  const std::string merges(kTinyMerges);
  CHECK(code_of(tiny_vocab(), "\xEF\xBB\xBF" + merges) == ErrorCode::header);
  CHECK(code_of(tiny_vocab(), "\xFF\xFE" + merges) == ErrorCode::utf8);
  CHECK(code_of(tiny_vocab(), std::string("a\0 \0b\0\n\0", 8)) == ErrorCode::utf8);
}

TEST_CASE("vocabulary: tokenizer.json of another tokenizer is rejected by name", "[text][error]") {
  const auto load = [](const std::string& text) {
    return CLIPTokenizer::from_tokenizer_json(as_bytes(text), TextCleaning::hf);
  };
  CHECK_THROWS_WITH(load(R"({"model": {"type": "WordPiece", "vocab": {}}})"), Contains("WordPiece"));
  CHECK_THROWS_WITH(load(R"({"model": {"type": "BPE", "vocab": {}, "merges": []}})"), Contains("not CLIP's"));
  CHECK_THROWS_AS(load("{}"), Error);
}
