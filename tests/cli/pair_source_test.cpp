// SPDX-License-Identifier: Apache-2.0
#include "score/pair_source.h"

#include <string>
#include <vector>

#include "cli/failure.h"
#include "score/pair_scorer.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using sightline::testing::TempFolder;

namespace {

/// The message and the class of the failure.
std::string failure(const std::string& path, const PairSourceOptions& options = {}) {
  try {
    open_pairs(path, options);
  } catch (const Failure& error) {
    return std::string(class_name(error.code())) + " " + error.problem();
  }
  return "";
}

}  // namespace

TEST_CASE("pairs: fields are unescaped and captions checked", "[app]") {
  const TempFolder folder;
  int checked = 0;
  const auto source = open_pairs(folder.write("p", "a\\tb.jpg\tone\\ntwo\n\na\\tb.jpg\t\nc.jpg\tcaf\xE9\n"),
                                 {InvalidUtf8::refuse, [&](const std::string&) { ++checked; }});
  CHECK(checked == 2);  // adjacent lines once
  CHECK(source->size() == 3);
  Pair pair;
  REQUIRE(source->next(pair));
  CHECK((pair.image.path == "a\tb.jpg" && pair.caption.prompts == std::vector<std::string>{"one\ntwo"}));
  REQUIRE(source->next(pair));
  CHECK((pair.caption.label.empty() && !pair.caption.error));
  REQUIRE(source->next(pair));
  REQUIRE(pair.caption.error);
  CHECK(pair.caption.error->what() == folder / "p" + ": line 4: caption: byte 4 is not UTF-8");
  CHECK_FALSE(source->next(pair));
}

TEST_CASE("pairs: a line without exactly one tab is an error with its number", "[app][error]") {
  const TempFolder folder;
  CHECK(failure(folder.write("a", "a\tb\n\na b\n")) ==
        "HEADER line 3 has no tab, expected one between image and caption");
  CHECK(failure(folder.write("b", "a\tb\tc")) ==
        "HEADER line 1 has 2 tabs, expected one between image and caption");
  CHECK(failure(folder.write("c", std::string_view("a\tb\na\t\0", 7))) ==
        "HEADER line 2 has a NUL byte, expected UTF-8 text");
  CHECK(failure(folder / "absent").starts_with("MISSING "));
  CHECK(failure(folder.path()).starts_with("UNSUP is a folder"));
  CHECK(failure(folder.write("e", "-\ta\nx\tb\n-\tc\n")).ends_with("stdin can be read only once"));
  CHECK(failure(folder.write("f", "-\ta\n-\tb\n")).empty());
}

TEST_CASE("pairs: CLIPScore is 2.5 max(cosine, 0)", "[app]") {
  CHECK(clipscore(0.25F) == 0.625F);
  CHECK(clipscore(-0.25F) == 0.0F);
  CHECK(clipscore(1.0F) == 2.5F);
}
