// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/pre_tokenizer.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using sightline::testing::error_of;
using sightline::testing::Failure;

namespace {

/// The pieces, each behind "|", and "!" before one that begins where the text begins.
std::string split(const std::string& spec, const std::string& text, bool at_start = true) {
  const JsonDocument document(spec, "tokenizer.json");
  std::vector<Piece> pieces = {{text, at_start}};
  make_pre_tokenizer(document.root())->split(pieces);
  std::string out;
  for (const Piece& piece : pieces) out += (piece.at_start ? "!|" : "|") + piece.text;
  return out;
}

Failure refusal(const std::string& spec) {
  return error_of([&] { split(spec, ""); });
}

const std::string kFirst = R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"})";

std::string after_white_space(const std::string& step) {
  return R"({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, )" + step + "]}";
}

}  // namespace

TEST_CASE("pre-tokenizer: only what begins where the text begins is prefixed by the scheme first", "[text]") {
  CHECK(split(kFirst, "a b") == "!|_a|_b");
  CHECK(split(kFirst, "a b", false) == "|a|_b");
  CHECK(split(after_white_space(kFirst), "a b") == "!|_a|b");
  CHECK(split(after_white_space(kFirst), " a b") == "|a|b");
  CHECK(split(kFirst, " a") == "!|_a");
}

TEST_CASE("pre-tokenizer: null keeps the pieces", "[text]") { CHECK(split("null", "a b") == "!|a b"); }

TEST_CASE("pre-tokenizer: another type is refused by its name", "[text]") {
  const Failure failure = refusal(R"({"type": "Digits", "individual_digits": true})");
  CHECK(failure.code == "UNSUP");
  CHECK(failure.message == "tokenizer.json: type: is \"Digits\", a pre-tokenizer that is not supported");
}

TEST_CASE("pre-tokenizer: malformed members are refused", "[text]") {
  const auto metaspace = [](const std::string& members) {
    return refusal(R"({"type": "Metaspace", "replacement": )" + members + "}").code;
  };
  CHECK(metaspace(R"("")") == "HEADER");
  CHECK(metaspace(R"("ab")") == "HEADER");
  CHECK(metaspace(R"("_", "prepend_scheme": "last")") == "HEADER");
  CHECK(metaspace(R"("_", "prepend_scheme": null)") == "TYPE");
  CHECK(metaspace(R"("_", "add_prefix_space": false)") == "HEADER");
  CHECK(
      split(
          R"({"type": "Metaspace", "replacement": "_", "add_prefix_space": false, "prepend_scheme": "never"})",
          "a") == "!|a");
  CHECK(refusal(R"({"type": "Split", "pattern": {"String": " "}, "behavior": "removed", "invert": false})")
            .code == "HEADER");
  CHECK(refusal(R"({"type": "Split", "pattern": {"String": " "}, "behavior": "Removed"})").code == "MISSING");
  CHECK(refusal(R"({"type": "Sequence"})").code == "MISSING");
}

TEST_CASE("pre-tokenizer: ByteLevel divides and spells as GPT-2", "[text]") {
  const auto byte_level = [](const std::string& members) {
    return R"({"type": "ByteLevel", )" + members + "}";
  };
  const std::string plain = byte_level(R"("add_prefix_space": false)");
  CHECK(split(plain, "it's  a1\u00b2!\n") == "!|it|'s|\u0120|\u0120a|1\u00c2\u00b2|!|\u010a");
  CHECK(split(byte_level(R"("add_prefix_space": true, "use_regex": false)"), "a b") == "!|\u0120a\u0120b");
  CHECK(refusal(byte_level(R"("use_regex": false)")).code == "MISSING");
}
