// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline::app {

/// "sightline 0.1.0" and a newline.
std::string version_line();

/// What `--version -v` prints: version, commit, compiler, libraries, image formats, and the kernels that this
/// processor uses.
std::string version_page();

}  // namespace sightline::app
