// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/base/function_ref.h"

namespace sightline::app {

/// The top-level error handler. Runs `work` and returns its exit code, or prints the error that it throws and
/// returns the code of docs/cli.md, section "Exit status". `command`: "score ", for the hint about its help;
/// `work` may set it.
int run_guarded(FunctionRef<int()> work, const std::string& command);

/// If stdin, stdout or stderr is closed, opens /dev/null in its place so that reads and writes still fail. A
/// data file that is opened later can then never get one of these descriptors. Call it in `main` before any
/// file is opened.
void guard_standard_streams();

}  // namespace sightline::app
