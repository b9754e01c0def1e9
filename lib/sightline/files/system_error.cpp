// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/system_error.h"

#include <cerrno>
#include <system_error>

#include "sightline/base/error.h"

namespace sightline {
namespace {

std::string sentence(std::string_view action, int number) {
  return std::string(action) + ": " + system_message(number);
}

}  // namespace

std::string system_message(int number) { return std::generic_category().message(number); }

void fail_input(std::string_view path, std::string_view action, int number) {
  switch (number) {
    case ENOENT:
      fail(ErrorCode::missing, path, "does not exist");
    case ENOTDIR:
      fail(ErrorCode::missing, path, "does not exist: a component of the path is not a folder");
    case ENAMETOOLONG:
      fail(ErrorCode::limit, path, "the path is too long");
    case ENXIO:
      fail(ErrorCode::unsupported, path, "is a socket or device, expected a regular file");
    default:
      fail(ErrorCode::io, path, sentence(action, number));
  }
}

void fail_output(std::string_view path, std::string_view action, int number) {
  const bool full = number == ENOSPC || number == EDQUOT;
  fail(full ? ErrorCode::no_space : ErrorCode::io, path, sentence(action, number));
}

}  // namespace sightline
