// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/quiet_stderr.h"

#include <cstdio>

#include "support/catch.h"

using sightline::QuietStderr;

TEST_CASE("quiet_stderr: the first object redirects, the last one restores", "[image]") {
  std::FILE* const before = stderr;
  {
    const QuietStderr first;
#ifdef __GLIBC__
    CHECK(stderr != before);
    CHECK(std::fputs("this must not be seen\n", stderr) >= 0);
#endif
    { const QuietStderr second; }
#ifdef __GLIBC__
    CHECK(stderr != before);
#endif
  }
  CHECK(stderr == before);
}
