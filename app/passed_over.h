// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "console.h"

namespace sightline::app {

/// How many files have each ending: ".svg" -> 3.
using EndingCounts = std::map<std::string, std::int64_t>;

/// A folder, as it was given, and the images below it that this build does not read.
struct PassedOver {
  std::string folder;
  EndingCounts counts;
};

/// "passed over in photos/: 3 .svg, 2 .psd", a line on stderr for each folder that has any, unless quiet.
void note_passed_over(const ConsoleOptions& console, const std::vector<PassedOver>& folders);

/// {".svg":3,".psd":2}: of all folders together, the largest count first, then by ending.
std::string passed_over_json(const std::vector<PassedOver>& folders);

}  // namespace sightline::app
