// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline::app {

/// From now on SIGINT, SIGTERM, SIGHUP and SIGPIPE only leave a mark, so that temporary files can be removed;
/// a second one ends the program at once. Waiting for a pipe ends with Interrupted. SIGXFSZ is ignored: the
/// write fails instead.
void arm_signals();
/// The signal that arrived, 0 when none did.
int pending_signal();

/// Carried up to `main` by what was interrupted.
struct Interrupted {};
/// Errors: Interrupted when a signal has arrived.
void throw_if_interrupted();

/// Ends the program as that signal would have.
[[noreturn]] void reraise(int signal);

}  // namespace sightline::app
