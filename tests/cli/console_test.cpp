// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "support/catch.h"

using namespace sightline::app;

namespace {

/// The result of `stdout_shares_screen` with these descriptors as stdout and stderr.
bool shares_screen(int out, int err) {
  std::fflush(stdout);
  const int old_out = ::dup(STDOUT_FILENO), old_err = ::dup(STDERR_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  const bool result = stdout_shares_screen();
  ::dup2(old_out, STDOUT_FILENO);
  ::dup2(old_err, STDERR_FILENO);
  ::close(old_out);
  ::close(old_err);
  return result;
}

}  // namespace

TEST_CASE("console: a pager shares the screen with stderr, a log does not", "[cli]") {
  std::array<int, 2> one{}, other{};
  REQUIRE(::pipe(one.data()) == 0);
  REQUIRE(::pipe(other.data()) == 0);
  const int null = ::open("/dev/null", O_RDWR);
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE((null >= 0 && terminal >= 0));
  CHECK(shares_screen(one[1], terminal));        // sightline ... | less
  CHECK(shares_screen(one[1], one[1]));          // sightline ... 2>&1 | less
  CHECK_FALSE(shares_screen(one[1], other[1]));  // a job whose two streams are recorded
  CHECK_FALSE(shares_screen(one[1], null));
  CHECK_FALSE(shares_screen(null, terminal));
  CHECK_FALSE(shares_screen(terminal, terminal));
  for (const int descriptor : {one[0], one[1], other[0], other[1], null, terminal}) ::close(descriptor);
}
