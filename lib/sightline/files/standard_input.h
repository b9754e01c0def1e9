// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// Whether `path` names stdin: "-" or /dev/stdin.
bool is_standard_input(const std::string& path);
/// Errors: io, with `path`, if stdin is closed or is a folder.
void check_standard_input(const std::string& path);

}  // namespace sightline
