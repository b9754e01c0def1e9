// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/shared_library.h"

#include "support/catch.h"

using namespace sightline;

TEST_CASE("shared library: finds a function by name", "[base]") {
  SharedLibrary library("libm.so.6");
  double (*cosine)(double) = nullptr;
  library.find(cosine, "cos");
  CHECK(library.problem().empty());
  REQUIRE(cosine != nullptr);
  CHECK(cosine(0.0) == 1.0);
  library.find_optional(cosine, "no_such_function");
  CHECK(cosine == nullptr);
  CHECK(library.problem().empty());
  library.find(cosine, "no_such_function");
  CHECK(library.problem() == "libm.so.6: missing function no_such_function");
}

TEST_CASE("shared library: a missing library is named in the problem", "[base]") {
  SharedLibrary library("libno-such-library.so.9");
  CHECK_THAT(library.problem(), Contains("libno-such-library.so.9"));
  void (*function)() = nullptr;
  library.find(function, "f");
  CHECK(function == nullptr);
  CHECK_THAT(library.problem(), !Contains("has no function"));
}
