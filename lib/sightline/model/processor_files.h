// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "sightline/model/config.h"

namespace sightline {

/// How a Hugging Face folder says that images are prepared.
struct ImageSettings {
  PreprocessorConfig config;
  std::string file;   ///< that says so
  std::string named;  ///< the class of transformers whose rules they are: "CLIPImageProcessor"
};

/// The texts of the files that transformers' AutoProcessor asks; none where a file is not there.
struct ProcessorTexts {
  std::optional<std::string> processor = {}, preprocessor = {}, config = {}, tokenizer = {};
};

/// What transformers 5.24's AutoProcessor takes from them: `image_processor` of `processor_config.json`,
/// unless it is absent or null; else `preprocessor_config.json`; nothing where neither is there. The class is
/// named there
/// (`image_processor_type`, else `feature_extractor_type`), else in `config.json`, else it is CLIP's.
/// docs/formats.md has the whole order. `file` of the result is a name. Errors: those of
/// image_processor_config and JsonDocument; type; unsupported for image settings in `tokenizer_config.json`.
/// Source: transformers image_processing_base.py (get_image_processor_dict),
/// models/auto/image_processing_auto.py (AutoImageProcessor.from_pretrained), processing_utils.py
/// (_merge_kwargs).
std::optional<ImageSettings> image_settings(const ProcessorTexts& texts);

/// The same of a folder; `file` is a path. Errors: as above; io, limit.
std::optional<ImageSettings> read_image_settings(const std::string& folder);

}  // namespace sightline
