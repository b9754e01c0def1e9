// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"

namespace sightline {

/// The class of a failure. It is an `ErrorCode`, or the name of a class that is unknown to this version: an
/// index or a report of another version may contain one, and it is passed on unchanged.
class ErrorClass {
 public:
  ErrorClass(ErrorCode code) : code_(code) {}
  /// The class with this name, in any version.
  explicit ErrorClass(std::string_view name);

  /// Empty if this version does not know the class.
  std::optional<ErrorCode> code() const { return code_; }
  /// "TRUNC", ... The view is valid as long as this object.
  std::string_view name() const { return code_ ? class_name(*code_) : std::string_view(unknown_); }

  bool operator==(const ErrorClass&) const = default;

 private:
  std::optional<ErrorCode> code_;
  std::string unknown_;  ///< the name if there is no code
};

/// What happened to one input: it is good, possibly with warnings, or it failed.
struct Outcome {
  std::optional<ErrorClass> error;    ///< empty if the input is good
  std::string message;                ///< of the error, without the name of the input
  std::vector<std::string> warnings;  ///< also of an input that failed

  bool ok() const { return !error; }
  /// Empty if the input is good or its class is unknown to this version.
  std::optional<ErrorCode> code() const { return error ? error->code() : std::nullopt; }
  /// The name of the error class, "" if the input is good.
  std::string_view class_name() const { return error ? error->name() : std::string_view(); }
  bool operator==(const Outcome&) const = default;
};

/// The outcome of an input that failed; the message is the problem of the error, without its subject.
Outcome failed_outcome(const Error& error);
Outcome failed_outcome(ErrorClass error, std::string message);

}  // namespace sightline
