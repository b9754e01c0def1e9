// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/base/function_ref.h"

namespace sightline::app {

/// The one place where errors end: runs `work` and gives its exit code, or prints what it threw and gives the
/// code of docs/cli.md, section "Exit status". `command`: "score ", for the hint at its help; may be filled
/// by `work`.
int run_guarded(FunctionRef<int()> work, const std::string& command);

/// Opens /dev/null in place of stdin, stdout or stderr where one of them is closed, in a way that every read
/// or write still fails: a data file that is opened later can never get one of their descriptors. For `main`,
/// before any file is opened.
void guard_standard_streams();

}  // namespace sightline::app
