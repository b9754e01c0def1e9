// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline::app {

/// The array that a run with this output writes: the target of a symbolic link, beside which all files that
/// describe the array lie, else `output` itself, also if it is stdout, a FIFO or a device. Errors: Failure of
/// Stage::output, locked if a file beside the link would then describe another array.
std::string written_array(const std::string& output);

}  // namespace sightline::app
