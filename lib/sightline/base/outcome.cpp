// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/outcome.h"

#include <utility>

namespace sightline {
namespace {

std::optional<ErrorCode> code_named(std::string_view name) {
  constexpr int first = static_cast<int>(ErrorCode::magic), last = static_cast<int>(ErrorCode::usage);
  for (int number = first; number <= last; ++number) {
    const auto code = static_cast<ErrorCode>(number);
    if (class_name(code) == name) return code;
  }
  return std::nullopt;
}

}  // namespace

ErrorClass::ErrorClass(std::string_view name) : code_(code_named(name)) {
  if (!code_) unknown_ = name;
}

Outcome failed_outcome(const Error& error) { return failed_outcome(error.code(), error.problem()); }

Outcome failed_outcome(ErrorClass error, std::string message) {
  return {std::move(error), std::move(message), {}};
}

}  // namespace sightline
