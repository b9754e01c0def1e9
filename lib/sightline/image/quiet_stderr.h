// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline {

/// While one exists, what C code prints through the C library's `stderr` goes nowhere: dav1d and libde265
/// report broken images there and have no switch that is within reach. The file descriptor stays as it is,
/// and so do std::cerr and every stream that took hold of `stderr` before. Several may exist at once, on any
/// threads; the first one redirects and the last one restores. Does nothing where the C library's `stderr`
/// cannot be assigned (musl).
class QuietStderr {
 public:
  QuietStderr();
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;
  ~QuietStderr();
};

}  // namespace sightline
