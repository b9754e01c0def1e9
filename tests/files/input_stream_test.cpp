// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/input_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>

#include "sightline/base/bytes.h"
#include "sightline/files/descriptor.h"
#include "sightline/files/file.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using std::chrono::milliseconds;

namespace {

std::string read_text(InputStream& stream) {
  std::array<std::byte, 100> buffer;
  return std::string(as_text(ByteView(buffer).first(stream.read(buffer))));
}

}  // namespace

TEST_CASE("input stream: FIFOs are streams, files and missing paths are not", "[files]") {
  const TempFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(is_stream(fifo));
  CHECK_FALSE(is_stream(folder.write("file", "x")));
  CHECK_FALSE(is_stream(folder / "absent"));
  CHECK_FALSE(is_stream(""));
}

TEST_CASE("input stream: bytes are read as they arrive", "[files]") {
  const TempFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  InputStream stream(fifo, Fifos::accept);  // does not wait for a writer
  CHECK_FALSE(stream.ready());
  CHECK_FALSE(stream.ready(milliseconds(5)));
  const Descriptor writer(::open(fifo.c_str(), O_WRONLY));
  REQUIRE(writer.is_open());
  CHECK_FALSE(stream.ready());
  REQUIRE(::write(writer.get(), "one\n", 4) == 4);
  CHECK(stream.ready(milliseconds(10'000)));
  CHECK(read_text(stream) == "one\n");
  CHECK_FALSE(stream.ready());
  REQUIRE(::write(writer.get(), "two", 3) == 3);
  CHECK(read_text(stream) == "two");
}

TEST_CASE("input stream: the end is reported when the writer has closed", "[files]") {
  const TempFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  InputStream stream(fifo, Fifos::accept);
  Descriptor writer(::open(fifo.c_str(), O_WRONLY));
  REQUIRE(::write(writer.get(), "last", 4) == 4);
  writer.reset();
  CHECK(read_text(stream) == "last");
  CHECK(stream.ready(milliseconds(10'000)));
  CHECK(read_text(stream).empty());
  CHECK(read_text(stream).empty());
}

TEST_CASE("input stream: a missing FIFO is an error", "[files][error]") {
  const TempFolder folder;
  CHECK(error_of([&] { InputStream stream(folder / "absent", Fifos::accept); }) ==
        Failure{"MISSING", (folder / "absent") + ": does not exist"});
}

TEST_CASE("input stream: the function of set_wait_check ends a wait", "[files][error]") {
  const TempFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  InputStream stream(fifo, Fifos::accept);
  set_wait_check([] { throw 1; });
  CHECK_THROWS_AS(stream.ready(milliseconds(10'000)), int);
  CHECK_THROWS_AS(read_text(stream), int);
  set_wait_check(nullptr);
}

TEST_CASE("input stream: a regular file can be passed over and read again", "[files]") {
  const TempFolder folder;
  InputStream stream(folder.write("file", "0123456789"));
  CHECK(stream.is_regular());
  CHECK(stream.ready());
  CHECK(stream.seek_over(8) == 8);
  CHECK(read_text(stream) == "89");
  CHECK(stream.seek_over(1) == 0);
  CHECK(read_text(stream).empty());
  stream.rewind();
  CHECK(stream.seek_over(100) == 10);
  stream.rewind();
  CHECK(read_text(stream) == "0123456789");
}

TEST_CASE("input stream: a FIFO is opened only where one is accepted", "[files][error]") {
  const TempFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(error_of([&] { InputStream stream(fifo); }).message ==
        fifo + ": is a FIFO, socket or device, expected a regular file");
  CHECK(error_of([&] { InputStream stream("/dev/null", Fifos::accept); }).message ==
        "/dev/null: is a socket or device, expected a file or a pipe");
  InputStream stream(fifo, Fifos::accept);
  CHECK_FALSE(stream.is_regular());
  CHECK(stream.seek_over(1) == 0);
}
