// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sightline {

/// Debug messages of the library, which report the choices it makes. They go to stderr once the program has
/// called `enable_log`, and are discarded before that.
void enable_log();
void log_debug(std::string_view message);

}  // namespace sightline
