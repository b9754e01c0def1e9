// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/normalizer.h"

#include <memory>
#include <string>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using sightline::testing::error_of;
using sightline::testing::Failure;

namespace {

std::string normalized(const std::string& spec, const std::string& text) {
  const JsonDocument document(spec, "tokenizer.json");
  return make_normalizer(document.root())->apply(text);
}

Failure refusal(const std::string& spec, const std::string& text = "") {
  return error_of([&] { normalized(spec, text); });
}

std::string repeated(std::size_t count, std::string_view part) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += part;
  return out;
}

}  // namespace

TEST_CASE("normalizer: null and an empty sequence are the identity", "[text]") {
  CHECK(normalized("null", " A\u0301") == " A\u0301");
  CHECK(normalized(R"({"type": "Sequence", "normalizers": []})", " A\u0301") == " A\u0301");
}

TEST_CASE("normalizer: another type is refused by its name", "[text]") {
  const Failure failure = refusal(R"({"type": "Nmt"})");
  CHECK(failure.code == "UNSUP");
  CHECK(failure.message == "tokenizer.json: type: is \"Nmt\", a normalizer that is not supported");
  CHECK(refusal(R"({"type": "Sequence", "normalizers": [{"type": "ByteLevel"}]})").code == "UNSUP");
}

TEST_CASE("normalizer: malformed members are refused", "[text]") {
  CHECK(refusal("[]").code == "TYPE");
  CHECK(refusal("{}").code == "MISSING");
  CHECK(refusal(R"({"type": 1})").code == "TYPE");
  CHECK(refusal(R"({"type": "Sequence", "normalizers": {}})").code == "TYPE");
  CHECK(refusal(R"({"type": "Strip", "strip_left": true})").code == "MISSING");
  CHECK(refusal(R"({"type": "Replace", "pattern": "a", "content": ""})").code == "TYPE");
  CHECK(refusal(R"({"type": "Replace", "pattern": {"Regex": "a*"}, "content": ""})").code == "UNSUP");
  CHECK(refusal(R"({"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true})").code ==
        "MISSING");
  CHECK(refusal(R"({"type": "Precompiled", "precompiled_charsmap": "AAA"})").code == "HEADER");
  CHECK(refusal(R"({"type": "Precompiled", "precompiled_charsmap": "AAAA"})").code == "TRUNC");
}

TEST_CASE("normalizer: the number of steps is limited, also within nested sequences", "[text]") {
  const auto sequence = [](std::size_t count, const std::string& step) {
    return R"({"type": "Sequence", "normalizers": [)" + step + repeated(count - 1, ", " + step) + "]}";
  };
  const std::string step = R"({"type": "Prepend", "prepend": "a"})";
  CHECK(normalized(sequence(64, step), "b").size() == 65);
  CHECK(refusal(sequence(65, step)).code == "LIMIT");
  CHECK(refusal(sequence(13, sequence(5, step))).code == "LIMIT");
}

TEST_CASE("normalizer: a result above the limit is refused", "[text]") {
  const std::string spec =
      R"({"type": "Replace", "pattern": {"String": "a"}, "content": ")" + std::string(1 << 20, 'b') + "\"}";
  CHECK(normalized(spec, std::string(16, 'a')).size() == kMaxNormalizedBytes);
  CHECK(refusal(spec, std::string(17, 'a')).code == "LIMIT");
  CHECK(refusal(R"({"type": "NFKD"})", repeated(std::size_t{1} << 19, "\uFDFA")).code == "LIMIT");
}

TEST_CASE("normalizer: forms of Unicode", "[text]") {
  CHECK(normalized(R"({"type": "NFD"})", "\u1e69\uac01") == "s\u0323\u0307\u1100\u1161\u11a8");
  CHECK(normalized(R"({"type": "NFKD"})", "\u1e9b\u0323\ufb01") == "s\u0323\u0307fi");
  CHECK(normalized(R"({"type": "NFKC"})", "\u1e9b\u0323\u2460") == "\u1e691");
  CHECK(normalized(R"({"type": "NFC"})", "\u1e9b\u0323\u2460") == "\u1e9b\u0323\u2460");
}

TEST_CASE("normalizer: SigLIP's canonical form", "[text]") {
  CHECK(make_siglip_canonicalizer(true)->apply(" A_b, \u0391\u03a3!\u0085\u2581c\x1f ") ==
        "ab \u03b1\u03c2 c");
  CHECK(make_siglip_canonicalizer(false)->apply("A - B") == "A B");
}

TEST_CASE("normalizer: the longest piece that a user defined is kept", "[text]") {
  SentencePieceNormalizerSpec spec;
  spec.add_dummy_prefix = spec.escape_whitespaces = false;
  spec.user_defined = {"b  ", "b", "b  c", "", "b"};
  for (int i = 0; i < 200'000; ++i) spec.user_defined.push_back("b" + std::to_string(i));
  // Spaces outside of a piece are collapsed.
  CHECK(make_sentencepiece_normalizer(spec)->apply("b   b  d  b  c  b1  b") == "b  b  d b  c b1 b");
  const std::string text = repeated(std::size_t{1} << 18, "b:9 ");
  CHECK(make_sentencepiece_normalizer(spec)->apply(text + "b") == text + "b");
}

TEST_CASE("normalizer: OpenCLIP's canonical form", "[text]") {
  CHECK(make_openclip_canonicalizer()->apply(" A_b-c,\u0391\u03a3!\u0391_ ") == "a bc\u03b1\u03c3\u03b1");
}

TEST_CASE("normalizer: SentencePiece without a map", "[text]") {
  CHECK(make_sentencepiece_normalizer({})->apply("  a  b ") == "\u2581a\u2581b");
  CHECK(make_sentencepiece_normalizer({})->apply("  ").empty());
  SentencePieceNormalizerSpec spec;
  spec.precompiled_charsmap = "abc";
  CHECK(error_of([&] { make_sentencepiece_normalizer(spec); }).code == "TRUNC");
}
