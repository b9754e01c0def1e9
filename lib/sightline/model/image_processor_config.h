// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/containers/json.h"
#include "sightline/model/config.h"
#include "sightline/model/image_processor_classes.h"

namespace sightline {

/// The settings of an image processor, read from `object` by the rules of a class of transformers: absent
/// keys have the defaults of the class, and a flag that is null is off. An unknown key must have a value
/// without effect (null, false, 0, empty). Errors: header, missing, range; type, also for a null that a step
/// needs; unsupported, with class and key, for a setting that would change pixels in an unsupported way.
/// Source: transformers image_processing_utils.py (BaseImageProcessor), image_processing_backends.py
/// (PilBackend), and the files of the classes.
PreprocessorConfig image_processor_config(const Json& object, const ImageProcessorClass& processor_class);

}  // namespace sightline
