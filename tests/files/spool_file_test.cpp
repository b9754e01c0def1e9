// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/spool_file.h"

#include <filesystem>
#include <string>

#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("spool file: gives back what was appended, in any order, and leaves no file", "[files]") {
  const TempFolder folder;
  {
    SpoolFile spool(folder / "");
    const std::string large(300'000, 'x');
    CHECK(spool.append("first") == 0);
    CHECK(spool.append(large) == 5);
    CHECK(spool.append("") == 300'005);
    CHECK(spool.append("last") == 300'005);
    CHECK(std::filesystem::is_empty(folder / ""));
    std::string bytes;
    spool.read(300'005, 4, bytes);
    CHECK(bytes == "last");
    spool.read(5, 300'000, bytes);
    CHECK(bytes == large);
    spool.read(0, 5, bytes);
    CHECK(bytes == "first");
    CHECK(error_of([&] { spool.read(300'000, 100, bytes); }).code == "IO");
  }
  CHECK(error_of([&] { SpoolFile(folder / "absent").append("x"); }).code == "IO");
}
