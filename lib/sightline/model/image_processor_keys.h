// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/containers/json.h"
#include "sightline/model/image_processor_classes.h"

namespace sightline {

/// Whether only this class, and no other, reads `key`.
bool has_own_key(const ImageProcessorClass& processor_class, std::string_view key);

/// Checks every key of an image processor's settings. Accepted are preprocessing settings, keys without
/// effect on pixels, and the keys specific to the class. Any other key must have a value without effect
/// (null, false, 0, empty). Errors: unsupported, with class and key.
void check_image_keys(const Json& object, const ImageProcessorClass& processor_class);

}  // namespace sightline
