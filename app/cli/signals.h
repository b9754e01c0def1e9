// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline::app {

/// Installs handlers that only record SIGINT, SIGTERM, SIGHUP and SIGPIPE, so that temporary files can be
/// removed; a second signal ends the program immediately. Waiting for a pipe ends with Interrupted. SIGXFSZ
/// is ignored, so that the write fails instead.
void install_signal_handlers();
/// The signal that was received; 0 if none.
int pending_signal();

/// Thrown by interrupted operations and caught in `main`.
struct Interrupted {};
/// Errors: Interrupted if a signal has been received.
void throw_if_interrupted();

/// Ends the program with the default action of that signal.
[[noreturn]] void reraise(int signal);

}  // namespace sightline::app
