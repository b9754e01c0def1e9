// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sightline {

/// Diagnostics of the library, which say what was chosen where there was a choice: silent until the program
/// calls `enable_log`. They go to stderr and are never data.
void enable_log();
void log_debug(std::string_view message);

}  // namespace sightline
