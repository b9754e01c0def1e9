// SPDX-License-Identifier: Apache-2.0
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
    made->set_level(spdlog::level::debug);
    return made;
  }();
  return *instance;
}

bool enabled = false;

}  // namespace

void enable_log() { enabled = true; }

void log_debug(std::string_view message) {
  if (enabled) logger().debug("{}", message);
}

}  // namespace sightline
