// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/waiting.h"

#include <poll.h>

#include <atomic>

#include "sightline/files/file.h"

namespace sightline {
namespace {

constexpr int kPauseMs = 100;

std::atomic<void (*)()> wait_check = nullptr;

}  // namespace

void set_wait_check(void (*check)()) { wait_check = check; }

// A signal may be delivered to another thread, which does not interrupt this one, so the check is also called
// after each timeout.
void wait_until_ready(int descriptor, bool to_write) {
  pollfd ready{descriptor, static_cast<short>(to_write ? POLLOUT : POLLIN), 0};
  while (::poll(&ready, 1, kPauseMs) <= 0) {
    if (void (*const check)() = wait_check) check();
  }
}

}  // namespace sightline
