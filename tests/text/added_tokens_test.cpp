// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/added_tokens.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using Parts = std::vector<std::string>;

Parts split(const std::vector<AddedTokenRule>& rules, std::string_view text) {
  Parts parts;
  AddedTokens(rules, "tokens")
      .split(
          text, [&](std::string_view part) { parts.emplace_back(part); },
          [&](std::int32_t id) { parts.push_back("#" + std::to_string(id)); });
  return parts;
}

AddedTokenRule rule(std::string content, std::int32_t id) { return {std::move(content), id}; }

}  // namespace

TEST_CASE("added tokens: the leftmost and of those the longest is found", "[text]") {
  const std::vector<AddedTokenRule> rules = {rule("ab", 1), rule("abcd", 2), rule("c", 3), rule("bcde", 4)};
  CHECK(split(rules, "xabcdex") == Parts{"x", "#2", "ex"});
  CHECK(split(rules, "abc") == Parts{"#1", "#3"});
  CHECK(split(rules, "") == Parts{});
  CHECK(split({}, "abc") == Parts{"abc"});
  CHECK(split({rule("a", 1), rule("a", 2)}, "a") == Parts{"#1"});  // the first of equal ones
}

TEST_CASE("added tokens: single_word discards a match beside a word, and what it contains", "[text]") {
  AddedTokenRule word = rule("abcd", 2);
  word.single_word = true;
  const std::vector<AddedTokenRule> rules = {word, rule("c", 3)};
  CHECK(split(rules, "abcde abcd, éabcd") == Parts{"abcde ", "#2", ", éabcd"});
  CHECK(split(rules, "abc") == Parts{"ab", "#3"});
  CHECK(split(rules, "abcd\u200D") == Parts{"abcd\u200D"});  // a join control is part of a word
}

TEST_CASE("added tokens: white space that a token takes may hold another token", "[text]") {
  AddedTokenRule left = rule("<l>", 1), right = rule("<r>", 2);
  left.lstrip = right.rstrip = true;
  const std::vector<AddedTokenRule> rules = {left, right, rule("\n", 3)};
  CHECK(split(rules, "a \u3000<l> b") == Parts{"a", "#1", " b"});
  CHECK(split(rules, "a <r>\u0085 b") == Parts{"a ", "#2", "b"});
  CHECK(split(rules, "<r> <l>") == Parts{"#2", "#1"});
  CHECK(split(rules, "x <r>\n\n") == Parts{"x ", "#2", "#3", "#3"});  // tokenizers 0.23.3: the same
  CHECK(split(rules, "<r> \n x") == Parts{"#2", "#3", " x"});
}

TEST_CASE("added tokens: an empty or overlong content is an error", "[text]") {
  CHECK(error_of([] { split({rule("", 1)}, "a"); }).code == "HEADER");
  CHECK(error_of([] { split({rule(std::string(2000, 'a'), 1)}, "a"); }).code == "LIMIT");
}
