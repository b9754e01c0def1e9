// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/containers/json.h"
#include "sightline/model/config.h"
#include "sightline/model/image_processor_classes.h"

namespace sightline {

/// The settings of an image processor, as a class of transformers takes them out of `object`: what is not
/// there is the class's default, a switch that is null is off. A key that this program does not know must
/// have a value that asks for nothing (null, false, 0, empty). Errors: header, missing, range; type, also for
/// a null that a step needs; unsupported, by class and key, for what would change a pixel in a way that this
/// program does not build. Source: transformers image_processing_utils.py (BaseImageProcessor),
/// image_processing_backends.py (PilBackend), and the files of the classes.
PreprocessorConfig image_processor_config(const Json& object, const ImageProcessorClass& of);

}  // namespace sightline
