// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sightline {

/// The operating system's message for an `errno` value: "No space left on device".
std::string system_message(int number);

/// Throws the error that corresponds to an `errno` value: ENOENT and ENOTDIR are missing, ENOSPC and EDQUOT
/// are no_space, ENAMETOOLONG is limit, all others are io. `action` says what failed: "cannot be read".
[[noreturn]] void fail_input(std::string_view path, std::string_view action, int number);
/// The same for an output, where a missing folder or a name that is too long is io.
[[noreturn]] void fail_output(std::string_view path, std::string_view action, int number);

}  // namespace sightline
