// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/html_escape.h"

#include <random>
#include <string>

#include "fuzz/html_check.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string html(std::string_view text) {
  std::string out;
  append_html_text(out, text);
  return out;
}

std::string url(std::string_view path) {
  std::string out;
  append_url_path(out, path);
  return out;
}

}  // namespace

TEST_CASE("html escape: markup, controls and bytes that are not UTF-8 become text", "[output]") {
  CHECK(html("a photo of a caf\u00E9 \U0001F600 \u05D0") == "a photo of a caf\u00E9 \U0001F600 \u05D0");
  CHECK(html("<script>alert('x')</script>") == "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  CHECK(html("\" onload=\"x & y]]>") == "&quot; onload=&quot;x &amp; y]]&gt;");
  CHECK(html("a\nb\tc\r\x1b[0m\x7f") == "a\\nb\\tc\\x0D\\x1B[0m\\x7F");
  CHECK(html(std::string_view("\0", 1)) == "\\x00");
  CHECK(html("\xFF\xC3(") == "\\xFF\\xC3(");
  CHECK(html("a\u202Egpj.exe") == "a\\u202Egpj.exe");
  CHECK(html("\u2066\u2028\uFEFF\u0085\uFFFF\U000E0041") == "\\u2066\\u2028\\uFEFF\\x85\\uFFFF\\U000E0041");
}

TEST_CASE("html escape: links have no scheme, query or fragment", "[output]") {
  CHECK(url("photos/a-b_c.~1.jpg") == "photos/a-b_c.~1.jpg");
  CHECK(url("javascript:alert(1)") == "javascript%3Aalert%281%29");
  CHECK(url("a b?c#d%41\xFF\"'") == "a%20b%3Fc%23d%2541%FF%22%27");
}

TEST_CASE("html escape: holds for random bytes and random text", "[output][property]") {
  std::mt19937 random(7);
  const std::string_view pieces[] = {"<",      ">",      "&",      "&lt;", "\"",       "'",
                                     "\u202E", "\u2069", "\u0085", "\xC2", "\xE2\x80", "\xF0\x9F\x98",
                                     "\uFFFF", "a",      "\\",     "\n",   "%",        "/",
                                     ":",      "]]>",    "--"};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (auto length = random() % 24; length > 0; --length) {
      if (round % 2 == 0) {
        text += static_cast<char>(random());
      } else {
        text += pieces[random() % std::size(pieces)];
      }
    }
    const std::string problem = escaping_problem(text);
    INFO(text);
    REQUIRE(problem == "");
  }
}
