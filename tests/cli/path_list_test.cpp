// SPDX-License-Identifier: Apache-2.0
#include "batch/path_list.h"

#include <algorithm>
#include <string>
#include <vector>

#include "cli/failure.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::app;
using namespace std::string_literals;
using namespace std::string_view_literals;
using Paths = std::vector<std::string>;

namespace {

/// The entries of a list that arrives in pieces of `size` bytes.
Paths entries(std::string_view text, std::size_t size, bool null_separated = false) {
  PathList list("list", null_separated);
  Paths found;
  const auto take = [&] {
    while (std::optional<std::string> entry = list.next()) found.push_back(*std::move(entry));
  };
  for (std::size_t begin = 0; begin < text.size(); begin += size) {
    list.add(text.substr(begin, size));
    take();
  }
  list.end();
  take();
  return found;
}

std::string failure_of(std::string_view text, Paths* before = nullptr) {
  PathList list("list", false);
  list.add(text);
  list.end();
  try {
    while (const std::optional<std::string> entry = list.next()) {
      if (before != nullptr) before->push_back(*entry);
    }
  } catch (const Failure& failure) {
    CHECK(failure.stage() == Stage::inputs);
    return failure.what() + " | "s + failure.remedy();
  }
  return "none";
}

}  // namespace

TEST_CASE("path list: entries do not depend on the sizes of the pieces", "[app]") {
  for (const std::size_t size : {1U, 2U, 3U, 100U}) {
    CHECK(entries("a\n\nb c \r\n\r\n \nlast", size) == Paths{"a", "b c ", " ", "last"});
    CHECK(entries("\xEF\xBB\xBF"
                  "a\n\xEF\xBB\xBF"
                  "b\n",
                  size) == Paths{"a",
                                 "\xEF\xBB\xBF"
                                 "b"});
    CHECK(entries("a\rb\n\r\r\n", size) == Paths{"a\rb", "\r"});
    CHECK(entries("\xEF\xBB\xBF", size).empty());
    CHECK(entries("\xEF", size) == Paths{"\xEF"});
    CHECK(entries("", size).empty());
    CHECK(entries("a\nb\0\0c\r"sv, size, true) == Paths{"a\nb", "c\r"});
    CHECK(entries("\xFF\xFE\0\xEF\xBB\xBF"sv, size, true) == Paths{"\xFF\xFE", "\xEF\xBB\xBF"});
  }
}

TEST_CASE("path list: an entry is available as soon as its separator has arrived", "[app]") {
  PathList list("list", false);
  list.add("a\nb");
  CHECK(list.next() == "a");
  CHECK_FALSE(list.next());
  list.add("c\n");
  CHECK(list.next() == "bc");
}

TEST_CASE("path list: NUL and UTF-16 are errors with the line and a remedy", "[app][error]") {
  Paths before;
  CHECK_THAT(failure_of("a\nb\0c\n"sv, &before),
             Contains("line 2 has a NUL byte, expected one path per line | use -0 for"));
  CHECK(before == Paths{"a"});
  CHECK_THAT(failure_of("\xFF\xFE"
                        "a\0\n\0"sv),
             Contains("line 1 begins with a UTF-16") && Contains("iconv"));
  CHECK_THAT(failure_of("\xFE\xFF\0a"sv), Contains("line 1 begins with a UTF-16"));
}

TEST_CASE("path list: an entry without end is an error", "[app][error]") {
  PathList list("-", false);
  list.add("x\n" + std::string(1 << 20, 'a'));
  CHECK(list.next() == "x");
  CHECK_FALSE(list.next());
  list.add("a");
  CHECK_THROWS_WITH(list.next(), Contains("entry 2 has more than 1048576 bytes"));
}
