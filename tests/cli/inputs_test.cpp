// SPDX-License-Identifier: Apache-2.0
#include "batch/inputs.h"

#include <dirent.h>
#include <dlfcn.h>

#include <cerrno>

#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using sightline::testing::TempFolder;

namespace {

int entries_left = -1;  ///< number of entries before listing fails; negative: never

}  // namespace

// Replaces the function of the C library in this program.
extern "C" dirent* readdir(DIR* folder) {
  using Real = dirent* (*)(DIR*);
  static const Real real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "readdir"));
  if (entries_left == 0) {
    errno = EIO;
    return nullptr;
  }
  if (entries_left > 0) --entries_left;
  return real(folder);
}

TEST_CASE("inputs: a folder that cannot be listed completely is a failed item", "[cli][error]") {
  const TempFolder temp;
  for (const char* name : {"a.png", "b.png", "c.png"}) temp.write(name, "x");
  InputOptions options;
  options.images = {temp.path()};
  CHECK(gather_images(options).paths.size() == 3);
  entries_left = 4;  // "." and ".." and two of the three
  const std::vector<std::string> images = gather_images(options).paths;
  entries_left = -1;
  REQUIRE(images.size() == 3);
  CHECK(images.front() == temp.path());
  CHECK(sightline::testing::error_of([&] { (void)read_image(images.front()); }) ==
        sightline::testing::Failure{"IO", temp.path() + ": is a folder that could not be listed completely"});
}
