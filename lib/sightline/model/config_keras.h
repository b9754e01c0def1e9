// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/model/config.h"

namespace sightline {

/// Whether a parsed `config.json` was written by Keras: it names a class.
bool is_keras_config(std::string_view text, std::string_view subject);

/// Sizes from the `config.json` of a preset directory: KerasHub's CLIPBackbone or KerasCV's CLIP. Read as
/// data: no class is looked up. Layer norms have Hugging Face's epsilon, whatever KerasHub and KerasCV have
/// built in. Errors: header, missing, range, type; unsupported for another class.
CLIPConfig keras_config(std::string_view text, std::string_view subject);

/// Preprocessing from KerasHub's `image_converter.json`: mean and deviation from `offset` and `scale`, the
/// size and the filter; the picture is resized and cropped as Hugging Face does. Errors: header, range, type;
/// unsupported for a size that is no square or a filter that Pillow has not.
PreprocessorConfig keras_image_converter(std::string_view text, std::string_view subject,
                                         std::int64_t image_size);

}  // namespace sightline
