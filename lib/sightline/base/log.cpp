#include "sightline/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace sightline {
namespace {

// Made at first use: a program that never logs pays nothing at start.
spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made =
        std::make_shared<spdlog::logger>("sightline", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("sightline: %v");
    made->set_level(spdlog::level::off);
    return made;
  }();
  return *instance;
}

LogLevel current_level = LogLevel::off;

}  // namespace

void set_log_level(LogLevel level) {
  current_level = level;
  logger().set_level(level == LogLevel::off    ? spdlog::level::off
                     : level == LogLevel::info ? spdlog::level::info
                                               : spdlog::level::debug);
}

bool log_enabled(LogLevel level) { return level != LogLevel::off && level <= current_level; }

void log_info(std::string_view message) {
  if (log_enabled(LogLevel::info)) logger().info("{}", message);
}
void log_debug(std::string_view message) {
  if (log_enabled(LogLevel::debug)) logger().debug("{}", message);
}

}  // namespace sightline
