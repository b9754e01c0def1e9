// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/staging_folder.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "sightline/base/error.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using sightline::testing::TempFolder;

namespace {

bool supports_flags = true;  ///< whether the file system supports the flags of renameat2; NFS does not

}  // namespace

// Replaces the function of the C library in this program.
extern "C" int renameat2(int from_folder, const char* from, int to_folder, const char* to,
                         unsigned flags) noexcept {
  if (!supports_flags && flags != 0) {
    errno = EINVAL;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

namespace {

void write_model(const StagingFolder& folder, const TempFolder& temp, std::string_view text) {
  const std::string name = std::filesystem::path(folder.part()).filename().string() + "/config.json";
  temp.write(name, text);
}

std::vector<std::string> names_in(const TempFolder& temp) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(temp.path()))
    names.push_back(entry.path().filename().string());
  return names;
}

}  // namespace

TEST_CASE("a folder is published and replaced as a whole, with and without an atomic exchange") {
  supports_flags = GENERATE(true, false);
  const TempFolder temp;
  {
    StagingFolder first(temp / "model", false);
    write_model(first, temp, "first");
    first.commit();
  }
  CHECK(temp.read("model/config.json") == "first");
  {
    StagingFolder second(temp / "model", true);
    write_model(second, temp, "second");
    CHECK(temp.read("model/config.json") == "first");
    second.commit();
  }
  CHECK(temp.read("model/config.json") == "second");
  CHECK(names_in(temp) == std::vector<std::string>{"model"});
  supports_flags = true;
}

TEST_CASE("a folder created by another process during the run is not replaced") {
  supports_flags = GENERATE(true, false);
  const TempFolder temp;
  {
    StagingFolder folder(temp / "model", false);
    std::filesystem::create_directory(temp / "model");
    temp.write("model/config.json", "another's");
    CHECK(sightline::testing::error_of([&] { folder.commit(); }).code == "LOCK");
  }
  CHECK(temp.read("model/config.json") == "another's");
  CHECK(names_in(temp) == std::vector<std::string>{"model"});
  supports_flags = true;
}

TEST_CASE("two runs on one folder: the second fails and the first is unaffected") {
  const TempFolder temp;
  StagingFolder first(temp / "model", false);
  write_model(first, temp, "first");
  CHECK(sightline::testing::error_of([&] { StagingFolder(temp / "model", true); }).code == "LOCK");
  first.commit();
  CHECK(temp.read("model/config.json") == "first");
}
