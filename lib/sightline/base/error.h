// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace sightline {

/// The kind of an error. Each value corresponds to one error class of `docs/cli.md`, section Messages.
enum class ErrorCode {
  magic,        ///< the file is not of the expected kind
  truncated,    ///< the file is shorter than its header states
  corrupt,      ///< a checksum, value or structure is wrong
  header,       ///< malformed header or syntax
  range,        ///< a number outside its valid range
  type,         ///< wrong type of a value or tensor
  duplicate,    ///< duplicate entry
  limit,        ///< exceeds a limit of this program
  unsupported,  ///< valid but not supported
  unsafe,       ///< would run code, follow a link or overwrite a file
  utf8,         ///< text that is not valid UTF-8
  missing,      ///< a required file, tensor, key or option is missing
  mismatch,     ///< two things that must agree differ
  io,           ///< the operating system reported an error
  no_space,     ///< no space left on the device
  locked,       ///< the output exists, is in use, or is also an input
  usage,        ///< invalid command line
};

/// The name of the error class in messages and reports: "MAGIC", "TRUNC", ...
std::string_view class_name(ErrorCode code);

/// The only exception type of the library. `what()` is "<subject>: <problem>" in lower case without a full
/// stop, with the value found and the value expected.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, std::string_view subject, std::string_view problem);

  ErrorCode code() const { return code_; }
  const std::string& subject() const { return subject_; }
  const std::string& problem() const { return problem_; }

  /// Returns the same error with `outer` as context: the subject becomes "<outer>: <subject>".
  Error within(std::string_view outer) const;

 private:
  ErrorCode code_;
  std::string subject_;
  std::string problem_;
};

/// Throws `Error{code, subject, problem}`.
[[noreturn]] void fail(ErrorCode code, std::string_view subject, std::string_view problem);

}  // namespace sightline
