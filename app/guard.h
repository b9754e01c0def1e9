// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/base/function_ref.h"

namespace sightline::app {

/// The one place where errors end: runs `work` and gives its exit code, or prints what it threw and gives the
/// code of docs/cli.md, section "Exit status". `command`: "score ", for the hint at its help; may be filled
/// by `work`.
int run_guarded(FunctionRef<int()> work, const std::string& command);

}  // namespace sightline::app
