// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/model/config.h"

namespace sightline {

/// Whether a `config.json` was written by Keras, that is, names a class.
bool is_keras_config(std::string_view text, std::string_view subject);

/// Sizes from the `config.json` of a preset directory: KerasHub's CLIPBackbone or KerasCV's CLIP. The
/// file is data: no class is loaded. Layer normalizations use Hugging Face's epsilon instead of the one built
/// into KerasHub and KerasCV. Errors: header, missing, range, type; unsupported for another class.
ModelConfig keras_config(std::string_view text, std::string_view subject);

/// Preprocessing from KerasHub's `image_converter.json`: mean and deviation from `offset` and `scale`, image
/// size and filter. Images are resized and cropped as in Hugging Face. Errors: header, range, type;
/// unsupported for a size that is not square or a filter that Pillow lacks.
PreprocessorConfig keras_image_converter(std::string_view text, std::string_view subject,
                                         std::int64_t image_size);

}  // namespace sightline
