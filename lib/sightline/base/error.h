// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace sightline {

/// What kind of thing went wrong; one to one with the classes of `docs/cli.md`, section Messages.
enum class ErrorCode {
  magic,        ///< not the kind of file it should be
  truncated,    ///< ends before its own header says
  corrupt,      ///< checksums, values or structure that cannot be right
  header,       ///< malformed header or syntax
  range,        ///< a number outside what is possible
  type,         ///< wrong type of a value or tensor
  duplicate,    ///< something that must be unique stands there twice
  limit,        ///< larger than this program accepts
  unsupported,  ///< valid, but not built
  unsafe,       ///< would run, follow or overwrite something
  utf8,         ///< text that is not UTF-8
  missing,      ///< a file, tensor, key or option that must be there is not
  mismatch,     ///< two things that must agree do not
  io,           ///< the operating system refused
  no_space,     ///< the disk is full
  locked,       ///< output exists, is in use, or is an input
  usage,        ///< the command line is wrong
};

/// "MAGIC", "TRUNC", ...: the CLASS of messages and reports.
std::string_view class_name(ErrorCode code);

/// The only exception type of the library. `what()` is "<subject>: <problem>", lower case, no full stop, with
/// the value seen and the value expected.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, std::string_view subject, std::string_view problem);

  ErrorCode code() const { return code_; }
  const std::string& subject() const { return subject_; }
  const std::string& problem() const { return problem_; }

  /// The same error seen from further out: the subject becomes "<outer>: <subject>".
  Error within(std::string_view outer) const;

 private:
  ErrorCode code_;
  std::string subject_;
  std::string problem_;
};

/// Throws `Error{code, subject, problem}`.
[[noreturn]] void fail(ErrorCode code, std::string_view subject, std::string_view problem);

}  // namespace sightline
