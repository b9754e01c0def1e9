// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/grapheme_clusters.h"

#include <string>

#include "support/catch.h"

using namespace sightline;

namespace {

/// The number of clusters.
int clusters(std::string_view text) {
  int count = 0;
  for (std::size_t begin = 0; begin < text.size(); ++count) {
    const std::size_t end = cluster_end(text, begin);
    REQUIRE(end > begin);
    begin = end;
  }
  return count;
}

}  // namespace

TEST_CASE("grapheme clusters: the rules of UAX 29", "[text]") {
  CHECK(clusters("ab") == 2);
  CHECK(clusters("\r\n\n\r") == 3);                                    // GB3 to GB5
  CHECK(clusters("a\u0301\u0302b") == 2);                              // GB9
  CHECK(clusters("\n\u0301") == 2);                                    // GB4
  CHECK(clusters("\u1112\u1161\u11ab") == 1);                          // GB6, GB7
  CHECK(clusters("\uac00\u11a8\u11a8") == 1);                          // GB7, GB8
  CHECK(clusters("\uac01\u1161") == 2);                                // no vowel after a final consonant
  CHECK(clusters("\u0915\u0903") == 1);                                // GB9a
  CHECK(clusters("\u0600a") == 1);                                     // GB9b
  CHECK(clusters("\u0915\u094d\u0924") == 1);                          // GB9c
  CHECK(clusters("\u0915\u093c\u094d\u200d\u0924") == 1);              // GB9c with a nukta and a joiner
  CHECK(clusters("\u0915\u093c\u0924") == 2);                          // no linker
  CHECK(clusters("\U0001F468\u200d\U0001F469\u200d\U0001F467") == 1);  // GB11
  CHECK(clusters("\U0001F44D\U0001F3FD\u200d\u2640\ufe0f") == 1);      // GB11 with a modifier
  CHECK(clusters("a\u200d\U0001F469") == 2);                           // a joiner after a letter
  CHECK(clusters("\U0001F469\u200d\u200d\U0001F469") == 2);            // two joiners
  CHECK(clusters("\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7") == 2);    // GB12
  CHECK(clusters("a\U0001F1E9\U0001F1EA\U0001F1EB") == 3);             // GB13
}
