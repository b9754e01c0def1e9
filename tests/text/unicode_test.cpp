// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/unicode.h"

#include "sightline/text/html_entities.h"
#include "sightline/text/normalization.h"
#include "support/catch.h"

using namespace sightline;

namespace {

std::string nfc(std::string_view text) { return encode_utf8(normalize_nfc(decode_utf8(text))); }

std::string unescaped(std::string_view text) {
  std::string out;
  unescape_html(text, out);
  return out;
}

}  // namespace

TEST_CASE("unicode: UTF-8 round-trips at the boundaries of its lengths", "[text]") {
  for (const char32_t c :
       {0x0U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xD7FFU, 0xE000U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
    const std::string text = encode_utf8(std::u32string(1, c));
    CHECK(decode_utf8(text) == CodePoints(1, c));
  }
}

TEST_CASE("unicode: NFC composes, reorders, applies exclusions and handles Hangul", "[text]") {
  CHECK(nfc("e\u0301") == "\u00e9");
  CHECK(nfc("d\u0307\u0323") == "\u1e0d\u0307");
  CHECK(nfc("\u0958") == "\u0915\u093c");                // composition exclusion
  CHECK(nfc("\u212b") == "\u00c5");                      // singleton
  CHECK(nfc("\u1112\u1161\u11ab") == "\ud55c");          // Hangul
  CHECK(nfc("\U000105d2\u0307") == "\U000105d2\u0307");  // composed since Unicode 16, not by the reference
  CHECK(nfc("a\u0301\u0327") == "\u00e1\u0327");
}

TEST_CASE("unicode: lower case is per character, final sigma only for OpenAI's cleaning", "[text]") {
  CodePoints out;
  for (const char32_t c : decode_utf8("A\u0130\u03a3\u1e9e\U00010400")) append_lower(out, c);
  CHECK(encode_utf8(out) == "ai\u0307\u03c3\u00df\U00010428");
  const auto python = [](std::string_view text) {
    return encode_utf8(lower_with_final_sigma(decode_utf8(text)));
  };
  CHECK(python("\u039f\u03a3") == "\u03bf\u03c2");
  CHECK(python("\u03a3") == "\u03c3");
  CHECK(python("\u039f\u03a3\u039f") == "\u03bf\u03c3\u03bf");
  CHECK(python("\u039f\u03a3. \u03a3\u0391") == "\u03bf\u03c2. \u03c3\u03b1");
}

TEST_CASE("unicode: ignorable and uncased characters around a capital sigma match Python", "[text]") {
  const auto python = [](std::string_view text) {
    return encode_utf8(lower_with_final_sigma(decode_utf8(text)));
  };
  CHECK(python("\u0391\u03a3\u00ad\u2019\u0391") == "\u03b1\u03c3\u00ad\u2019\u03b1");
  CHECK(python("\u0391\u03a3\U0001f3fb") == "\u03b1\u03c2\U0001f3fb");  // a modifier symbol is ignorable
  CHECK(python("\u24d0\u03a3") == "\u24d0\u03c2");                      // a circled letter is cased
  CHECK(python("\u02b0\u03a3") == "\u02b0\u03c3");  // a modifier letter is cased, but ignorable takes
                                                    // precedence
  CHECK(python("\u4e00\u03a3") == "\u4e00\u03c3");
  CHECK(python("\u0391\u03a3_\u0391") == "\u03b1\u03c2_\u03b1");
}

TEST_CASE("unicode: a long run of marks is sorted", "[text]") {
  const auto repeated = [](int count, std::string_view mark) {
    std::string out;
    for (int i = 0; i < count; ++i) out += mark;
    return out;
  };
  const std::string sorted = "\u1ea1" + repeated(4999, "\u0323") + repeated(5000, "\u0301");
  CHECK(nfc("a" + repeated(5000, "\u0301\u0323")) == sorted);
}

TEST_CASE("unicode: classes match Unicode 16", "[text]") {
  CHECK(character_class(U'\u00e9') == CharacterClass::letter);
  CHECK(character_class(U'\u0301') == CharacterClass::other);
  CHECK(character_class(U'\u00bd') == CharacterClass::number);
  CHECK(character_class(U'\u3000') == CharacterClass::space);
  CHECK(character_class(0x1C89) == CharacterClass::letter);  // new in 16
  CHECK(character_class(0x200B) == CharacterClass::other);
  CHECK(character_class(0x1F) == CharacterClass::other);
}

TEST_CASE("unicode: HTML references match Python's html.unescape", "[text]") {
  CHECK(unescaped("&amp;lt; &lt;b&gt; &copy &eacute;") == "&lt; <b> \u00a9 \u00e9");
  CHECK(unescaped("&#65;&#x42;&#x43 &#128; &#0; &#xD800; &#x110000;") == "ABC \u20ac \ufffd \ufffd \ufffd");
  CHECK(unescaped("&notit; &nothing; &; &#; &#x;") == "\u00acit; \u00aching; &; &#; &#x;");
  CHECK(unescaped("&#1;&#xB;x") == "x");
}
