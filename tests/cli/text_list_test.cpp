// SPDX-License-Identifier: Apache-2.0
#include "batch/text_list.h"

#include <string>
#include <vector>

#include "cli/failure.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using sightline::testing::TempFolder;

namespace {

std::vector<std::string> texts(const std::string& path) {
  std::vector<std::string> found;
  for (const ListLine& line : read_list(path)) found.push_back(std::to_string(line.number) + ":" + line.text);
  return found;
}

}  // namespace

TEST_CASE("text list: lines, line numbers and line endings", "[app]") {
  const TempFolder folder;
  using Lines = std::vector<std::string>;
  CHECK(texts(folder.write("a", "x\r\n\ny\rz\n w ")) == Lines{"1:x", "2:", "3:y\rz", "4: w "});
  CHECK(texts(folder.write("b", "\xEF\xBB\xBFx\n\xEF\xBB\xBFy")) == Lines{"1:x", "2:\xEF\xBB\xBFy"});
  CHECK(texts(folder.write("c", "")).empty());
  CHECK(texts(folder.write("d", "\xEF\xBB\xBF")).empty());
}

TEST_CASE("text list: NUL and UTF-16 are errors with the line and a remedy", "[app][error]") {
  const TempFolder folder;
  const auto failure = [&](std::string_view bytes) {
    try {
      read_list(folder.write("list", bytes));
    } catch (const Failure& error) {
      CHECK(error.stage() == Stage::inputs);
      CHECK(error.code() == ErrorCode::header);
      return error.problem() + " | " + error.remedy();
    }
    return std::string("none");
  };
  using namespace std::string_view_literals;
  CHECK_THAT(failure("a\nb\0c\n"sv),
             Contains("line 2 has a NUL byte, expected UTF-8 text | if it is UTF-16"));
  CHECK_THAT(failure("\xFF\xFE"
                     "a\0\n\0"sv),
             Contains("line 1 begins with a UTF-16") && Contains("iconv"));
  CHECK_THAT(failure("\xFE\xFF\0a"sv), Contains("line 1 begins with a UTF-16"));
  CHECK_THAT(failure("a\0\n\0"sv), Contains("line 1 has a NUL byte"));
}

TEST_CASE("text list: trimming of whitespace", "[app]") {
  CHECK(trim(" \t a b\r ") == "a b");
  CHECK(trim(" \t\r").empty());
  CHECK(trim("\xC2\xA0x") == "\xC2\xA0x");  // a no-break space is a character of the label
}
