// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline::app {

/// "sightline 0.1.0" and a newline.
std::string version_line();

/// The output of `--version -v`: version, commit, compiler, libraries, image formats, and the kernels used on
/// this processor.
std::string version_page();

}  // namespace sightline::app
