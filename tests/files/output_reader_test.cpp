// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>

#include "sightline/files/descriptor.h"
#include "sightline/files/file.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

/// The bytes that can be read without blocking.
std::string available(int descriptor) {
  std::string text;
  pollfd ready{descriptor, POLLIN, 0};
  while (::poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) != 0) {
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

TEST_CASE("output file: the reader of a pipe gets complete rows before the end", "[io]") {
  const TempFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const Descriptor reader(::open(fifo.c_str(), O_RDWR | O_NONBLOCK));  // opened for both directions, so that
                                                                       // opening does not block
  REQUIRE(reader.is_open());
  OutputFile out(fifo, false);
  out.write("one\n");
  CHECK(available(reader.get()).empty());  // many small writes arrive as one
  out.flush_to_reader();
  CHECK(available(reader.get()) == "one\n");
  out.flush_to_reader();
  out.write("two\n");
  out.write("three\n");
  out.flush_to_reader();
  CHECK(available(reader.get()) == "two\nthree\n");
  out.commit();
}

TEST_CASE("output file: rows written to a regular file stay buffered", "[io]") {
  const TempFolder folder;
  OutputFile out(folder / "rows", false);
  out.write("one\n");
  out.flush_to_reader();
  CHECK(folder.read("rows.part").empty());
  out.flush();
  CHECK(folder.read("rows.part") == "one\n");
}

TEST_CASE("output file: a file is written in aligned blocks of 2 MiB", "[io]") {
  constexpr std::size_t kBlock = 2 << 20;
  const TempFolder folder;
  std::string expected;
  OutputFile out(folder / "blocks", false);
  const auto write = [&](std::size_t count) {
    std::string bytes(count, '\0');
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>((expected.size() + i) * 31 / 7);
    out.write(bytes);
    expected += bytes;
    CHECK(folder.read("blocks.part") == expected.substr(0, expected.size() / kBlock * kBlock));
  };
  for (const std::size_t count :
       {kBlock - 1, std::size_t{1}, std::size_t{5}, 3 * kBlock, kBlock - 5, 2 * kBlock})
    write(count);
  CHECK(out.size() == std::ssize(expected));
  out.write("end");
  out.write_at(kBlock - 1, "xyz");
  expected.replace(kBlock - 1, 3, "xyz");
  out.commit();
  CHECK(folder.read("blocks") == expected + "end");
}
