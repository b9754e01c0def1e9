#pragma once

#include <string_view>

namespace sightline {

/// Diagnostics of the library: silent until the program calls `set_log_level`. They go to stderr and are
/// never data.
enum class LogLevel { off, info, debug };
void set_log_level(LogLevel level);
bool log_enabled(LogLevel level);

void log_info(std::string_view message);
void log_debug(std::string_view message);

}  // namespace sightline
