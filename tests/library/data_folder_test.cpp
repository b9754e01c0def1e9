// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/data_folder.h"

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "sightline/model/clip_model.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
namespace fs = std::filesystem;

namespace {

/// Restores the data folder at the end of the test.
struct Restored {
  ~Restored() {
    set_data_folder("");
    ::unsetenv("SIGHTLINE_DATA");
  }
};

}  // namespace

TEST_CASE("data folder: a folder that was set precedes the environment, which precedes the search",
          "[library]") {
  const Restored restored;
  const fs::path found = data_folder();
  CHECK(fs::is_directory(found / "vocab"));
  const TempFolder first, second;
  ::setenv("SIGHTLINE_DATA", second.path().c_str(), 1);
  CHECK(data_folder() == second.path());
  set_data_folder(first.path());
  CHECK(data_folder() == first.path());
  set_data_folder("");
  CHECK(data_folder() == second.path());
  ::setenv("SIGHTLINE_DATA", "", 1);
  CHECK(data_folder() == found);
}

TEST_CASE("data folder: a folder that was set is final, and the error names it if it does not exist",
          "[library][error]") {
  const Restored restored;
  set_data_folder("/no/such/folder");
  CHECK(error_of([] { (void)data_folder(); }) ==
        Failure{"MISSING", "/no/such/folder: is set as the data folder, but does not exist"});
  CHECK_THAT(error_of([] { CLIP::from_preset(""); }).message, Contains("/no/such/folder"));
  set_data_folder("");
  ::setenv("SIGHTLINE_DATA", "/no/such/place", 1);
  CHECK_THAT(error_of([] { (void)data_folder(); }).message, Contains("/no/such/place"));
  const TempFolder empty;
  set_data_folder(empty.path());
  const Failure failure = error_of([] { CLIP::from_preset(""); });
  CHECK(failure.code == "MISSING");
  CHECK_THAT(failure.message, Contains(empty.path()));
}

TEST_CASE("data folder: it is searched again at each use", "[library]") {
  const Restored restored;
  const TempFolder moved;
  const fs::path found = data_folder();
  fs::create_directory_symlink(found / "demo-model", moved / "demo-model");
  set_data_folder(moved.path());
  CHECK(CLIP::from_preset("")->embedding_size() > 0);
}
