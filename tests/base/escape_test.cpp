// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/escape.h"

#include <limits>

#include "sightline/base/outcome.h"
#include "support/catch.h"

using namespace sightline;

TEST_CASE("escape: the text of a TSV field is the reverse of the field", "[base]") {
  const auto text = [](std::string_view field) {
    std::string out;
    append_tsv_text(out, field);
    return out;
  };
  CHECK(text("a\\tb\\nc\\rd\\\\e") == "a\tb\nc\rd\\e");
  CHECK(text("\\\\t") == "\\t");  // an escaped backslash, then a t
  CHECK(text("C:\\Users\\x\\") == "C:\\Users\\x\\");
  CHECK(text("").empty());
  for (const std::string_view plain : {"\\", "\\\\", "\\n", "\n\t\r\\t\\\\r", "a\xFF"}) {
    std::string field;
    append_tsv_field(field, plain);
    CHECK(text(field) == plain);
  }
}

TEST_CASE("escape: fixed numbers are right-aligned", "[base]") {
  const auto fixed = [](float value) {
    std::string out = "x";
    append_fixed(out, value, 2, 6);
    return out;
  };
  CHECK(fixed(0.256F) == "x  0.26");
  CHECK(fixed(-1234.5F) == "x-1234.50");
  CHECK(fixed(std::numeric_limits<float>::quiet_NaN()) == "x     -");
}

TEST_CASE("escape: an outcome as members of a JSON object", "[base]") {
  std::string out;
  append_json_failure(out, failed_outcome(ErrorClass("LATER"), "a \"b\""));
  CHECK(out == R"(,"status":"skipped","class":"LATER","message":"a \"b\"")");
  out.clear();
  append_json_warnings(out, {});
  append_json_warnings(out, {{}, "", {"a"}});
  append_json_warnings(out, {{}, "", {"a", "\""}});
  CHECK(out == R"(,"warnings":[],"warnings":["a"],"warnings":["a","\""])");
}
