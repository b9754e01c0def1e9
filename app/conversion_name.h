// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/convert/conversion_target.h"

namespace sightline::app {

/// The format `to` of `--to`, or the one that the extension of `path` selects when it is null. Refuses a
/// target whose name is that of a format that is not written ("-", x.sightline, x.gguf, x.pt, ...) or of
/// another format than `to`. A name that ends in `/` is a folder's. Errors: usage.
const ConversionFormat& check_target_name(const std::string& path, const ConversionFormat* to);

}  // namespace sightline::app
