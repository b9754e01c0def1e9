// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sightline/model/config.h"
#include "sightline/model/model_files.h"

namespace sightline {

/// The preprocessing of a class of transformers without a file, for images of `image_size`.
PreprocessorConfig default_preprocessor(std::string_view class_name, std::int64_t image_size);

/// The image preprocessing that a Hugging Face folder defines.
struct ImageSettings {
  PreprocessorConfig config;
  std::string file;        ///< the file that defines it
  std::string class_name;  ///< the class of transformers whose rules apply: "CLIPImageProcessor"
};

/// The texts of the files that transformers' AutoProcessor reads; no value for a file that does not exist.
struct ProcessorTexts {
  std::optional<std::string> processor = {}, preprocessor = {}, config = {}, tokenizer = {};
};

/// The settings that transformers 5.24's AutoProcessor reads from these files: `image_processor` of
/// `processor_config.json` unless it is absent or null, else `preprocessor_config.json`, else none. The class
/// is the one named there (`image_processor_type`, else `feature_extractor_type`), else in `config.json`,
/// else CLIP's. docs/formats.md describes the whole order. `file` of the result is a name. Errors: those of
/// image_processor_config and JsonDocument; type; unsupported for image settings in `tokenizer_config.json`.
/// Source: transformers image_processing_base.py (get_image_processor_dict),
/// models/auto/image_processing_auto.py (AutoImageProcessor.from_pretrained), processing_utils.py
/// (_merge_kwargs).
std::optional<ImageSettings> image_settings(const ProcessorTexts& texts);

/// The same for the files of a model; `file` is a path. Errors: as above; those of `ModelFiles::read`.
std::optional<ImageSettings> read_image_settings(const ModelFiles& files);

}  // namespace sightline
