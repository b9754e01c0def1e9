// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>

#include "sightline/base/error.h"

namespace sightline::testing {

/// The error that an action threw: class name ("TRUNC") and whole message; both are empty if it threw none.
struct Failure {
  std::string code;
  std::string message;

  bool operator==(const Failure&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Failure& failure) {
    return out << '[' << failure.code << "] " << failure.message;
  }
};

/// Runs `action` and catches the library's error. Other exceptions propagate.
template <class Action>
Failure error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return {std::string(class_name(error.code())), error.what()};
  }
  return {};
}

}  // namespace sightline::testing
