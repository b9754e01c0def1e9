// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/waiting.h"

#include <poll.h>

#include <algorithm>
#include <atomic>

#include "sightline/files/file.h"

namespace sightline {
namespace {

constexpr int kPauseMs = 100;

std::atomic<void (*)()> wait_check = nullptr;

}  // namespace

void set_wait_check(void (*check)()) { wait_check = check; }

void call_wait_check() {
  if (void (*const check)() = wait_check) check();
}

// A signal may be delivered to another thread, which does not interrupt this one, so the check is also called
// after each timeout.
void wait_until_ready(int descriptor, bool to_write) {
  pollfd ready{descriptor, static_cast<short>(to_write ? POLLOUT : POLLIN), 0};
  while (::poll(&ready, 1, kPauseMs) <= 0) {
    call_wait_check();
  }
}

bool wait_until_readable(int descriptor, std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  pollfd ready{descriptor, POLLIN, 0};
  for (const Clock::time_point deadline = Clock::now() + patience;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const auto pause = std::clamp<decltype(left)>(left, 0, kPauseMs);
    if (::poll(&ready, 1, static_cast<int>(pause)) > 0) return true;
    call_wait_check();
    if (pause == left || left < 0) return false;
  }
}

}  // namespace sightline
