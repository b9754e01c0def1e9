// SPDX-License-Identifier: Apache-2.0
#include "score/pair_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "batch/line_stream.h"
#include "cli/failure.h"
#include "score/pair_scorer.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using namespace std::chrono_literals;
using sightline::testing::TempFolder;

namespace {

std::vector<std::string> lines_of(LineStream& lines) {
  std::vector<std::string> found;
  for (std::string_view line; lines.next(line);)
    found.push_back(std::to_string(lines.number()) + ":" + std::string(line));
  return found;
}

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

TEST_CASE("line stream: lines, line ends and byte order marks are those of a list", "[app]") {
  const TempFolder folder;
  using Lines = std::vector<std::string>;
  LineStream lines(folder.write("a", "\xEF\xBB\xBFx\r\n\ny\rz\n w "));
  CHECK(lines_of(lines) == Lines{"1:x", "2:", "3:y\rz", "4: w "});
  lines.rewind();
  CHECK(lines_of(lines) == Lines{"1:x", "2:", "3:y\rz", "4: w "});
  for (const char* empty : {"", "\xEF\xBB\xBF"}) {
    LineStream none(folder.write("b", empty));
    CHECK(lines_of(none).empty());
  }
  const std::string wide(200'000, 'w');  // more than one read
  LineStream large(folder.write("c", wide + "\n" + wide));
  CHECK(lines_of(large) == Lines{"1:" + wide, "2:" + wide});
}

TEST_CASE("line stream: a line above the limit is an error", "[app][error]") {
  const TempFolder folder;
  LineStream lines(folder.write("a", "x\n" + std::string(LineStream::kMaxLineBytes + 70'000, 'y')));
  std::string_view line;
  CHECK(lines.next(line));
  CHECK_THROWS_AS(lines.next(line), Failure);
}

TEST_CASE("line stream: a pipe is read as it arrives", "[app]") {
  const TempFolder folder;
  const std::string path = folder / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  LineStream lines(path);  // does not wait for a writer
  CHECK_FALSE(lines.is_regular());
  const int writer = ::open(path.c_str(), O_WRONLY);
  REQUIRE(writer >= 0);
  CHECK_FALSE(lines.ready(0ms));
  REQUIRE(::write(writer, "one\nt", 5) == 5);
  CHECK(lines.ready(0ms));
  std::string_view line;
  REQUIRE(lines.next(line));
  CHECK(line == "one");
  CHECK_FALSE(lines.ready(1ms));
  REQUIRE(::write(writer, "wo", 2) == 2);
  ::close(writer);
  CHECK(lines.ready(1000ms));
  REQUIRE(lines.next(line));
  CHECK(line == "two");
  CHECK_FALSE(lines.next(line));
}

TEST_CASE("pairs: fields are unescaped and captions checked", "[app]") {
  const TempFolder folder;
  int checked = 0;
  const auto source = open_pairs(folder.write("p", "a\\tb.jpg\tone\\ntwo\n\na\\tb.jpg\t\nc.jpg\tcaf\xE9\n"),
                                 {InvalidUtf8::refuse, [&](const std::string&) { ++checked; }});
  CHECK(checked == 2);  // adjacent lines once
  CHECK(source->size() == 3);
  Pair pair;
  REQUIRE(source->next(pair));
  CHECK((pair.image == "a\tb.jpg" && pair.caption.prompts == std::vector<std::string>{"one\ntwo"}));
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
  CHECK(failure(folder.write("d.tar.gz", "")) == "UNSUP is a tar archive, expected lines of text");
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
