// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/text_pattern.h"

#include <string>

#include "sightline/base/format.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using sightline::testing::error_of;

namespace {

std::string spec_of(std::string_view kind, std::string_view text) {
  std::string out = "{\"" + std::string(kind) + "\":";
  append_json_string(out, text);
  return out + "}";
}

/// The text with every match in angle brackets.
std::string marked(std::string_view expression, std::string_view text) {
  const JsonDocument spec(spec_of("Regex", expression), "f");
  const TextPattern pattern(spec.root());
  std::string out;
  std::size_t copied = 0;
  pattern.for_each_match(text, [&](std::size_t begin, std::size_t end) {
    out.append(text.substr(copied, begin - copied))
        .append("<")
        .append(text.substr(begin, end - begin))
        .append(">");
    copied = end;
  });
  return out.append(text.substr(copied));
}

std::string refusal(std::string_view kind, std::string_view text) {
  const JsonDocument spec(spec_of(kind, text), "f");
  return error_of([&] { const TextPattern pattern(spec.root()); }).code;
}

}  // namespace

TEST_CASE("text pattern: the first alternative that matches counts", "[text]") {
  CHECK(marked(" {2,}", "a b  c    ") == "a b<  >c<    >");
  CHECK(marked(R"(\A +| +\z)", "  a  b  ") == "<  >a  b<  >");
  CHECK(marked(R"(\s{2,}|[\n\r\t])", "a\nb \n\t") == "a<\n>b< \n\t>");
  CHECK(marked("a|ab", "ab") == "<a>b");
  CHECK(marked("ab|a", "ab") == "<ab>");
  CHECK(marked(R"(\A▁)", "▁▁") == "<▁>▁");
  CHECK(marked(R"([a-c\]-]+)", "d-a]cd") == "d<-a]c>d");
  CHECK(marked(R"(\.\ )", ". a") == "<. >a");
  CHECK(marked("é+", "éée") == "<éé>e");
  CHECK(marked(R"([ab])", "ab") == "<a><b>");
}

TEST_CASE("text pattern: other regular expressions are refused by name", "[text]") {
  for (const std::string_view expression : {"",
                                            "a*",
                                            "a?",
                                            ".",
                                            "^a",
                                            "a$",
                                            "(a)",
                                            "a+b",
                                            "ab+",
                                            "a++",
                                            "a+?",
                                            "a{2}",
                                            "a{2,3}",
                                            "a{,2}",
                                            "a{0,}",
                                            "a{17,}",
                                            "a{99999999999999999999,}",
                                            "[^a]",
                                            "[[:alpha:]]",
                                            "[a&&b]",
                                            "[]",
                                            "[",
                                            "[a",
                                            "[b-a]",
                                            R"([a-\s])",
                                            R"(\p{L})",
                                            R"(\d)",
                                            R"(\)",
                                            "a|",
                                            "|",
                                            R"(\z)",
                                            R"(a\zb)",
                                            R"(b\A)",
                                            "]",
                                            "a{2",
                                            R"(\é)"}) {
    INFO(expression);
    CHECK(refusal("Regex", expression) == "UNSUP");
  }
  CHECK(refusal("Regex", std::string(1025, 'a')) == "LIMIT");
  CHECK(refusal("String", "") == "UNSUP");
  CHECK(refusal("Other", "a") == "MISSING");
}

TEST_CASE("text pattern: a long run that does not match is measured once", "[text]") {
  const std::string spaces(1 << 20, ' ');
  CHECK(marked(R"( +\z)", spaces + "a").size() == spaces.size() + 1);
  CHECK(marked(R"( {16,}\z| {16,}\z)", spaces + "a").size() == spaces.size() + 1);
}
