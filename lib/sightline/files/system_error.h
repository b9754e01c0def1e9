// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sightline {

/// The operating system's words for an `errno`: "No space left on device".
std::string system_message(int number);

/// Throws the error that an `errno` stands for. ENOENT and ENOTDIR are missing, ENOSPC and EDQUOT no_space, a
/// name that is too long limit, all else io. `action` is what was tried: "cannot be read".
[[noreturn]] void fail_input(std::string_view path, std::string_view action, int number);
/// The same for an output, where a missing folder or a long name is io.
[[noreturn]] void fail_output(std::string_view path, std::string_view action, int number);

}  // namespace sightline
