// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "sightline/convert/conversion_target.h"

namespace sightline::app {

/// Returns `to`, the format of `--to`, or if it is null, the format selected by the extension of `path`.
/// Refuses a target named like a format that cannot be written ("-", x.gguf, x.pt, ...) or like
/// another format than `to`. A name that ends in `/` is a folder. Errors: usage.
const ConversionFormat& check_target_name(const std::string& path, const ConversionFormat* to);

}  // namespace sightline::app
