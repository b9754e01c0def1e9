// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline {

/// While an object exists, output of C code to the C library's `stderr` is discarded: dav1d and libde265
/// report broken images there, and the option to disable that is not reachable. The file descriptor is
/// unchanged, and so are std::cerr and all streams that captured `stderr` before. Several objects may exist
/// at once, on any threads; the first redirects and the last restores. Does nothing if the C library's
/// `stderr` is not assignable (musl).
class QuietStderr {
 public:
  QuietStderr();
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;
  ~QuietStderr();
};

}  // namespace sightline
