// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/input_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "sightline/files/descriptor.h"
#include "sightline/files/file.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using std::chrono::milliseconds;

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
  InputStream stream(fifo);  // does not wait for a writer
  CHECK_FALSE(stream.ready());
  CHECK_FALSE(stream.ready(milliseconds(5)));
  const Descriptor writer(::open(fifo.c_str(), O_WRONLY));
  REQUIRE(writer.is_open());
  CHECK_FALSE(stream.ready());
  REQUIRE(::write(writer.get(), "one\n", 4) == 4);
  CHECK(stream.ready(milliseconds(10'000)));
  CHECK(stream.read() == "one\n");
  CHECK_FALSE(stream.ready());
  REQUIRE(::write(writer.get(), "two", 3) == 3);
  CHECK(stream.read() == "two");
}

TEST_CASE("input stream: the end is reported when the writer has closed", "[files]") {
  const TempFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  InputStream stream(fifo);
  Descriptor writer(::open(fifo.c_str(), O_WRONLY));
  REQUIRE(::write(writer.get(), "last", 4) == 4);
  writer.reset();
  CHECK(stream.read() == "last");
  CHECK(stream.ready(milliseconds(10'000)));
  CHECK(stream.read().empty());
  CHECK(stream.read().empty());
}

TEST_CASE("input stream: a missing FIFO is an error", "[files][error]") {
  const TempFolder folder;
  CHECK(error_of([&] { InputStream stream(folder / "absent"); }) ==
        Failure{"MISSING", (folder / "absent") + ": does not exist"});
}

TEST_CASE("input stream: the function of set_wait_check ends a wait", "[files][error]") {
  const TempFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  InputStream stream(fifo);
  set_wait_check([] { throw 1; });
  CHECK_THROWS_AS(stream.ready(milliseconds(10'000)), int);
  CHECK_THROWS_AS(stream.read(), int);
  set_wait_check(nullptr);
}
