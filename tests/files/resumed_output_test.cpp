// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include "sightline/base/hash.h"
#include "sightline/files/file.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

/// What a killed run leaves.
void leave_part(const std::string& path, std::string_view bytes) {
  OutputFile out(path, false);
  out.write(bytes);
  out.keep();
  out.flush();
}

std::string hash_of(std::string_view bytes) {
  Hash128 hash;
  hash.update(std::as_bytes(std::span(bytes)));
  return hash.hex();
}

}  // namespace

TEST_CASE("resumed output: continues at any size of what was kept", "[io][resume]") {
  const TempFolder folder;
  const std::string kept(3 << 20, 'k');
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{2} << 20, kept.size()}) {
    const std::string path = folder / std::to_string(size);
    leave_part(path, kept);
    REQUIRE(folder.has(std::to_string(size) + ".part"));
    OutputFile out(path, false, Leftover::reopen);
    CHECK(out.size() == std::ssize(kept));
    out.continue_at(static_cast<std::int64_t>(size));
    CHECK(out.size() == static_cast<std::int64_t>(size));
    out.write("abc");
    out.write_at(0, "J");
    CHECK(out.sync() == static_cast<std::int64_t>(size) + 3);
    out.commit();
    std::string expected = kept.substr(0, size) + "abc";
    expected[0] = 'J';
    CHECK(folder.read(std::to_string(size)) == expected);
    CHECK_FALSE(folder.has(std::to_string(size) + ".part"));
  }
}

TEST_CASE("resumed output: the temporary file stays when it was there or is kept", "[io][resume]") {
  const TempFolder folder;
  leave_part(folder / "a", "abc");
  { const OutputFile out(folder / "a", false, Leftover::reopen); }
  CHECK(folder.read("a.part") == "abc");
  { const OutputFile out(folder / "b", false, Leftover::reopen); }
  CHECK_FALSE(folder.has("b.part"));  // was not there
  { const OutputFile out(folder / "a", false); }
  CHECK_FALSE(folder.has("a.part"));  // a fresh run
}

TEST_CASE("resumed output: refuses what is not there and what is not its own", "[io][resume]") {
  const TempFolder folder;
  leave_part(folder / "a", "abc");
  {
    OutputFile out(folder / "a", false, Leftover::reopen);
    CHECK(error_of([&] { out.continue_at(4); }).code == "RANGE");
    CHECK(error_of([&] { out.continue_at(-1); }).code == "RANGE");
    CHECK(error_of([&] { const OutputFile second(folder / "a", false, Leftover::reopen); }).code == "LOCK");
    CHECK(error_of([&] { const OutputFile second(folder / "a", true); }).code == "LOCK");
  }
  REQUIRE(::link((folder / "a.part").c_str(), (folder / "linked").c_str()) == 0);
  CHECK(error_of([&] { const OutputFile out(folder / "a", false, Leftover::reopen); }).code == "LOCK");
  REQUIRE(::symlink((folder / "linked").c_str(), (folder / "b.part").c_str()) == 0);
  CHECK(error_of([&] { const OutputFile out(folder / "b", false, Leftover::reopen); }).code == "IO");
  CHECK(folder.read("linked") == "abc");
}

TEST_CASE("resumed output: takes the mode of the file that it replaces", "[io][resume]") {
  const TempFolder folder;
  leave_part(folder / "a", "abc");
  folder.write("a", "old");
  REQUIRE(::chmod((folder / "a").c_str(), 0640) == 0);
  OutputFile out(folder / "a", true, Leftover::reopen);
  out.continue_at(3);
  out.commit();
  struct stat status {};
  REQUIRE(::stat((folder / "a").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
  CHECK(folder.read("a") == "abc");
}

TEST_CASE("resumed output: a hash covers what is written in order", "[io][resume]") {
  const TempFolder folder;
  Hash128 hash;
  OutputFile out(folder / "a", false);
  out.write("header");
  out.update_hash(&hash);
  const std::string large(5 << 20, 'y');
  out.write(large);
  out.write("z");
  out.write_at(0, "HEADER");
  CHECK(hash.hex() == hash_of(large + "z"));
}

TEST_CASE("resumed output: a temporary file that was removed or replaced is not published", "[io][resume]") {
  const TempFolder folder;
  for (const bool replaced : {false, true}) {
    OutputFile out(folder / "a", false);
    out.write("abc");
    CHECK(out.sync() == 3);
    REQUIRE(std::filesystem::remove(folder / "a.part"));
    if (replaced) folder.write("a.part", "abc");
    out.write("d");
    CHECK(error_of([&] { out.sync(); }).code == "MISSING");
  }
  OutputFile out(folder / "b", false);
  out.write("abc");
  out.prepare_commit();
  folder.write("other", "xyz");
  std::filesystem::rename(folder / "other", folder / "b.part");
  CHECK(error_of([&] { out.commit(); }).code == "MISSING");
  CHECK_FALSE(folder.has("b"));
}

TEST_CASE("resumed output: a target that appears is refused before anything is completed", "[io][resume]") {
  const TempFolder folder;
  OutputFile out(folder / "a", false), forced(folder / "b", true);
  out.check_target();
  folder.write("a", "other");
  folder.write("b", "other");
  CHECK(error_of([&] { out.check_target(); }).code == "LOCK");
  forced.check_target();
}
