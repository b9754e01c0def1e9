// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <initializer_list>

#include "sightline/files/file.h"

namespace sightline::app {
namespace {

// Set by the signal handler, read by all threads.
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free);

void raise_with_default_action(int signal) {
  std::signal(signal, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  std::raise(signal);
}

void on_signal(int signal) {
  if (received != 0 && signal != SIGPIPE) raise_with_default_action(signal);
  received = signal;
}

}  // namespace

void install_signal_handlers() {
  std::signal(SIGXFSZ, SIG_IGN);
  set_wait_check(throw_if_interrupted);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    struct sigaction old = {};
    sigaction(signal, nullptr, &old);
    if (old.sa_handler == SIG_IGN) continue;  // nohup, or a background job of a non-interactive shell
    struct sigaction action = {};
    action.sa_handler = on_signal;
    sigaction(signal, &action, nullptr);
  }
}

int pending_signal() { return received; }

void throw_if_interrupted() {
  if (received != 0) throw Interrupted{};
}

void reraise(int signal) {
  raise_with_default_action(signal);
  std::_Exit(128 + signal);
}

}  // namespace sightline::app
