// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace sightline {
namespace {

// Created on first use, so that a program that never logs pays nothing at startup.
spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto result =
        std::make_shared<spdlog::logger>("sightline", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    result->set_pattern("sightline: %v");
    result->set_level(spdlog::level::debug);
    return result;
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
