// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/standard_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sightline/base/error.h"

namespace sightline {

bool is_standard_input(const std::string& path) { return path == "-" || path == "/dev/stdin"; }

void check_standard_input(const std::string& path) {
  if (::fcntl(STDIN_FILENO, F_GETFD) < 0) fail(ErrorCode::io, path, "standard input is closed");
  struct stat status {};
  if (::fstat(STDIN_FILENO, &status) == 0 && S_ISDIR(status.st_mode)) {
    fail(ErrorCode::io, path, "standard input is a folder, expected a file or pipe");
  }
}

}  // namespace sightline
