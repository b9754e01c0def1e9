// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/numbered_line.h"

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("numbered line: the number is replaced, and the rest stays as it is", "[embeddings]") {
  const NumberedLine line = parse_numbered_line(R"({"row":12,"path":"a"})", "row", "i");
  CHECK(line.number == 12);
  CHECK(line.rest == R"(,"path":"a"})");
  std::string out;
  append_numbered_line(out, "row", 345, line.rest);
  append_numbered_line(out, "row", std::nullopt, line.rest);
  CHECK(out == "{\"row\":345,\"path\":\"a\"}\n{\"row\":null,\"path\":\"a\"}\n");
  CHECK_FALSE(parse_numbered_line(R"({"row":null,"path":"a"})", "row", "i").number);
}

TEST_CASE("numbered line: other lines are rejected with their place", "[embeddings][error]") {
  for (const std::string_view text :
       {"", "{", "{\"row\":", "{\"row\":1", "{\"row\":1}", "{\"row\":-1,\"a\":1}", "{\"row\":x,\"a\":1}",
        "{\"row\":1.5,\"a\":1}", "{\"row\":1,\"a\":", " {\"row\":1,\"a\":1}", "{\"rows\":1,\"a\":1}",
        "{\"row\":nul,\"a\":1}", "{\"row\":99999999999999999999,\"a\":1}"}) {
    INFO(text);
    CHECK(error_of([&] { (void)parse_numbered_line(text, "row", "i: line 3"); }) ==
          Failure{"HEADER", "i: line 3: does not begin with {\"row\": and a number"});
  }
}
