// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/error.h"

namespace sightline {
namespace {

std::string join(std::string_view subject, std::string_view problem) {
  std::string text(subject);
  if (!text.empty()) text += ": ";
  return text.append(problem);
}

}  // namespace

std::string_view class_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::magic:
      return "MAGIC";
    case ErrorCode::truncated:
      return "TRUNC";
    case ErrorCode::corrupt:
      return "CORRUPT";
    case ErrorCode::header:
      return "HEADER";
    case ErrorCode::range:
      return "RANGE";
    case ErrorCode::type:
      return "TYPE";
    case ErrorCode::duplicate:
      return "DUP";
    case ErrorCode::limit:
      return "LIMIT";
    case ErrorCode::unsupported:
      return "UNSUP";
    case ErrorCode::unsafe:
      return "UNSAFE";
    case ErrorCode::utf8:
      return "UTF8";
    case ErrorCode::missing:
      return "MISSING";
    case ErrorCode::mismatch:
      return "MISMATCH";
    case ErrorCode::io:
      return "IO";
    case ErrorCode::no_space:
      return "NOSPC";
    case ErrorCode::locked:
      return "LOCK";
    case ErrorCode::usage:
      return "USAGE";
  }
  return "INTERNAL";
}

Error::Error(ErrorCode code, std::string_view subject, std::string_view problem)
    : std::runtime_error(join(subject, problem)), code_(code), subject_(subject), problem_(problem) {}

Error Error::within(std::string_view outer) const {
  return Error(code_, subject_.empty() ? std::string(outer) : join(outer, subject_), problem_);
}

void fail(ErrorCode code, std::string_view subject, std::string_view problem) {
  throw Error(code, subject, problem);
}

}  // namespace sightline
