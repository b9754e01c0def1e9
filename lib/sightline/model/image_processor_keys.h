// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/containers/json.h"
#include "sightline/model/image_processor_classes.h"

namespace sightline {

/// Whether `key` is one that this class reads and the others do not.
bool has_own_key(const ImageProcessorClass& of, std::string_view key);

/// Looks at every key of an image processor's settings: those that say how pixels are made, those on which no
/// pixel depends, the class's own. Any other must have a value that asks for nothing (null, false, 0, empty).
/// Errors: unsupported, by class and key.
void check_image_keys(const Json& object, const ImageProcessorClass& of);

}  // namespace sightline
