// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/quiet_stderr.h"

#include <cstdio>
#include <mutex>

namespace sightline {

#ifdef __GLIBC__

namespace {

struct Redirection {
  std::mutex mutex;
  int users = 0;
  std::FILE* dev_null = std::fopen("/dev/null", "we");
  std::FILE* before = nullptr;
};

Redirection& redirection() {
  static Redirection one;
  return one;
}

}  // namespace

QuietStderr::QuietStderr() {
  Redirection& r = redirection();
  const std::lock_guard lock(r.mutex);
  if (r.users++ == 0 && r.dev_null != nullptr) {
    r.before = stderr;
    stderr = r.dev_null;
  }
}

QuietStderr::~QuietStderr() {
  Redirection& r = redirection();
  const std::lock_guard lock(r.mutex);
  if (--r.users == 0 && r.dev_null != nullptr) {
    stderr = r.before;
  }
}

#else

QuietStderr::QuietStderr() = default;
QuietStderr::~QuietStderr() = default;

#endif

}  // namespace sightline
