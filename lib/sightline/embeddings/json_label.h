// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/containers/json.h"

namespace sightline {

/// The label of a line of an index or a report, exact bytes: "path" or "text", or their "_b64". Errors:
/// missing, type, header.
std::string json_label(const Json& line);

}  // namespace sightline
