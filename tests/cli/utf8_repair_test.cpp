// SPDX-License-Identifier: Apache-2.0
#include "batch/utf8_repair.h"

#include <string>

#include "support/catch.h"

using namespace sightline::app;

namespace {

constexpr const char* kU = "\xEF\xBF\xBD";

std::string marks(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += kU;
  return text;
}

}  // namespace

// cases/text-replace-utf8.sh compares 12,000 lines with Python; these cases show the rules.
TEST_CASE("utf8 repair: one replacement for each maximal subpart", "[cli]") {
  struct Case {
    const char* bytes;
    int marks;
  };
  for (const Case& c : {Case{"\xFF", 1}, Case{"\xC0\xAF", 2}, Case{"\xED\xA0\x80", 3}, Case{"\xE2\x82", 1},
                        Case{"\xF0\x9F\x92", 1}, Case{"\xF0\x80\x80\x80", 4}, Case{"\xF4\x90\x80\x80", 4},
                        Case{"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF", 4}}) {
    const RepairedText repaired = repair_utf8(c.bytes);
    CHECK(repaired.text == marks(c.marks));
    CHECK(repaired.replaced == c.marks);
    CHECK(repair_utf8("a" + std::string(c.bytes) + "b").text == "a" + marks(c.marks) + "b");
  }
}

TEST_CASE("utf8 repair: valid text is unchanged, including U+FFFD", "[cli][property]") {
  for (const std::string text : {"", "plain", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x92\xA9", "\xEF\xBF\xBD"}) {
    CHECK(repair_utf8(text).text == text);
    CHECK(repair_utf8(text).replaced == 0);
  }
}
