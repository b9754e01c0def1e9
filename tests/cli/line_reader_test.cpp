// SPDX-License-Identifier: Apache-2.0
#include "batch/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "cli/failure.h"
#include "sightline/base/bytes.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace std::string_view_literals;
using sightline::testing::TempFolder;
using Lines = std::vector<std::string>;

namespace {

/// The lines as "1:text".
Lines lines_of(LineReader& reader) {
  Lines found;
  for (std::string_view line; reader.next(line);)
    found.push_back(std::to_string(reader.number()) + ":" + std::string(line));
  return found;
}

/// A FIFO and its writer.
class Pipe {
 public:
  Pipe() {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const Descriptor reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK));
    writer_ = Descriptor(::open(path.c_str(), O_WRONLY));
  }
  void write(std::string_view bytes) {
    REQUIRE(::write(writer_.get(), bytes.data(), bytes.size()) == std::ssize(bytes));
  }
  void end() { writer_.reset(); }

 private:
  TempFolder folder_;
  Descriptor writer_;

 public:
  const std::string path = folder_ / "pipe";
};

/// The lines of a pipe that receives pieces of `size` bytes, each read as soon as it is complete.
Lines in_pieces(std::string_view text, std::size_t size, bool null_separated) {
  Pipe pipe;
  LineReader reader(pipe.path, {.null_separated = null_separated});
  Lines found;
  const auto take = [&] {
    std::string_view line;
    while (reader.ready(0ms) && reader.next(line)) found.emplace_back(line);
  };
  for (std::size_t begin = 0; begin < text.size(); begin += size) {
    pipe.write(text.substr(begin, size));
    take();
  }
  pipe.end();
  REQUIRE(reader.ready(10s));
  for (std::string_view line; reader.next(line);) found.emplace_back(line);
  return found;
}

/// The error of a list in a file, after `before` lines.
std::string failure_of(std::string_view text, ListKind kind, std::int64_t* before = nullptr) {
  const TempFolder folder;
  LineReader reader(folder.write("list", text), {.kind = kind});
  try {
    lines_of(reader);
  } catch (const Failure& failure) {
    CHECK(failure.stage() == Stage::inputs);
    if (before != nullptr) *before = reader.number() - 1;
    return failure.problem() + " | " + failure.remedy();
  }
  return "none";
}

}  // namespace

TEST_CASE("line reader: lines do not depend on the sizes of the pieces", "[app]") {
  constexpr auto kMark = "\xEF\xBB\xBF";
  for (const std::size_t size : {1U, 2U, 3U, 100U}) {
    const auto lines = [&](std::string_view text, bool nulls = false) {
      return in_pieces(text, size, nulls);
    };
    CHECK(lines("a\n\nb c \r\n\r\n \nlast") == Lines{"a", "", "b c ", "", " ", "last"});
    CHECK(lines(kMark + "a\n"s + kMark + "b\n") == Lines{"a", kMark + "b"s});
    CHECK(lines("a\rb\n\r\r\n") == Lines{"a\rb", "\r"});
    CHECK(lines(kMark).empty());
    CHECK(lines("\xEF") == Lines{"\xEF"});
    CHECK(lines("").empty());
    CHECK(lines("a\nb\0\0c\r"sv, true) == Lines{"a\nb", "", "c\r"});
    CHECK(lines("\xFF\xFE\0\xEF\xBB\xBF"sv, true) == Lines{"\xFF\xFE", kMark});
  }
}

TEST_CASE("line reader: a regular file is read twice, with the same numbers", "[app]") {
  const TempFolder folder;
  LineReader reader(folder.write("a", "\xEF\xBB\xBFx\r\n\ny\rz\n w "), {});
  CHECK(reader.is_regular());
  CHECK(lines_of(reader) == Lines{"1:x", "2:", "3:y\rz", "4: w "});
  reader.rewind();
  CHECK(lines_of(reader) == Lines{"1:x", "2:", "3:y\rz", "4: w "});
  for (const char* empty : {"", "\xEF\xBB\xBF"}) {
    LineReader none(folder.write("b", empty), {});
    CHECK(lines_of(none).empty());
  }
  const std::string wide(200'000, 'w');  // more than one read
  LineReader large(folder.write("c", wide + "\n" + wide), {});
  CHECK(lines_of(large) == Lines{"1:" + wide, "2:" + wide});
}

TEST_CASE("line reader: a pipe is read as it arrives", "[app]") {
  Pipe pipe;
  LineReader reader(pipe.path, {});
  CHECK_FALSE(reader.is_regular());
  CHECK_FALSE(reader.ready(0ms));
  pipe.write("one\nt");
  CHECK(reader.ready(0ms));
  std::string_view line;
  REQUIRE(reader.next(line));
  CHECK(line == "one");
  CHECK_FALSE(reader.ready(1ms));
  pipe.write("wo");
  pipe.end();
  CHECK(reader.ready(10s));
  REQUIRE(reader.next(line));
  CHECK(line == "two");
  CHECK_FALSE(reader.next(line));
  CHECK(reader.ready(0ms));
}

TEST_CASE("line reader: a pipe without a writer has not ended", "[app]") {
  const TempFolder folder;
  const std::string path = folder / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  LineReader reader(path, {});  // does not wait for a writer
  CHECK_FALSE(reader.ready(0ms));
}

TEST_CASE("line reader: NUL and UTF-16 are errors with the line and a remedy", "[app][error]") {
  std::int64_t before = 0;
  CHECK_THAT(failure_of("a\nb\0c\n"sv, ListKind::paths, &before),
             Contains("line 2 has a NUL byte, expected one path per line | use -0 for"));
  CHECK(before == 1);
  CHECK_THAT(failure_of("a\nb\0c\n"sv, ListKind::texts),
             Contains("line 2 has a NUL byte, expected UTF-8 text | if it is UTF-16, convert it"));
  for (const std::string_view text : {"\xFF\xFE\x61\0\n\0"sv, "\xFE\xFF\0a"sv}) {
    CHECK_THAT(failure_of(text, ListKind::paths),
               Contains("line 1 begins with a UTF-16") && Contains("iconv"));
  }
}

TEST_CASE("line reader: the limits of a line and of the whole file are exact", "[app][error]") {
  const TempFolder folder;
  const auto read = [&](const std::string& text, const LineRules& rules) -> std::string {
    LineReader reader(folder.write("list", text), rules);
    try {
      return std::to_string(lines_of(reader).size());
    } catch (const Failure& failure) {
      return failure.problem();
    }
  };
  for (const std::size_t limit : {10U, 100'000U}) {  // less and more than one read
    const std::string longest(limit, 'y');
    const std::string problem = " 2 has more than " + std::to_string(limit) + " bytes, the maximum";
    for (const char* end : {"\n", "", "\nz"}) {
      CHECK(read("x\n" + longest + end, {.max_line_bytes = limit}) ==
            (*end != '\0' && end[1] != '\0' ? "3" : "2"));
      CHECK(read("x\n" + longest + "y" + end, {.max_line_bytes = limit}) == "line" + problem);
    }
    const LineRules nulls{.null_separated = true, .max_line_bytes = limit};
    CHECK(read("x\0"s + longest + "y", nulls) == "entry" + problem);
    CHECK(read(longest, {.max_bytes = static_cast<std::int64_t>(limit)}) == "1");
    CHECK(read(longest + "\n", {.max_bytes = static_cast<std::int64_t>(limit)}) ==
          "has more than " + std::to_string(limit) + " bytes, the maximum");
  }
}

TEST_CASE("line reader: folders and devices are errors", "[app][error]") {
  const TempFolder folder;
  CHECK_THROWS_WITH(LineReader(folder.path(), {}), Contains("is a folder, expected a file"));
  CHECK_THROWS_WITH(LineReader("/dev/null", {}),
                    Contains("is a socket or device, expected a file or a pipe"));
  CHECK_THROWS_WITH(LineReader(folder / "absent", {}), Contains("does not exist"));
}

TEST_CASE("line reader: the first bytes and the rest can be read without lines", "[app]") {
  const TempFolder folder;
  LineReader lines(folder.write("a", "one\ntwo" + std::string(100'000, 'x')), {});
  CHECK(lines.head(2).starts_with("one\n"));
  std::string_view line;
  REQUIRE(lines.next(line));
  std::string rest;
  std::array<std::byte, 1000> piece;
  while (const std::size_t count = lines.read_bytes(piece)) rest += as_text(ByteView(piece).first(count));
  CHECK(rest == "two" + std::string(100'000, 'x'));
  LineReader empty(folder.write("b", ""), {});
  CHECK(empty.head(512).empty());
  CHECK(empty.read_bytes(piece) == 0);
}

TEST_CASE("line reader: the first bytes of a pipe end with its first line", "[app]") {
  const TempFolder folder;
  const std::string path = folder / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  LineReader lines(path, {});
  const int writer = ::open(path.c_str(), O_WRONLY);
  REQUIRE(::write(writer, "one\nt", 5) == 5);
  CHECK(lines.head(512) == "one\nt");  // does not wait for 512 bytes
  ::close(writer);
}
