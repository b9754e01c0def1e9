// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sightline/convert/conversion_target.h"

namespace sightline {

/// The files of a Hugging Face model folder besides its weights, as name and text, in the order in which they
/// are written: config.json, preprocessor_config.json, and those of the tokenizer if the conversion has one.
/// Files of a source in this format are copied; only the dtype in config.json becomes that of the written
/// weights (`dtype`; no value: that of the source). Errors: those of the source's files; unsupported for a
/// model that transformers has no class for, and for preprocessing that this format cannot express.
std::vector<std::pair<std::string, std::string>> model_texts(const Conversion& conversion,
                                                             std::optional<DType> dtype);

/// The same for an OpenCLIP folder, whose config states no dtype: open_clip_config.json and the files of the
/// tokenizer. Errors: also unsupported, as `openclip_config_json`.
std::vector<std::pair<std::string, std::string>> openclip_texts(const Conversion& conversion,
                                                                std::optional<DType> dtype);

/// Whether the model has a config of OpenCLIP that no config.json can replace without a change of its texts
/// or towers.
bool needs_openclip_config(const Model& model);
/// That config as it is, and the files of the tokenizer.
std::vector<std::pair<std::string, std::string>> own_openclip_texts(const Conversion& conversion);

}  // namespace sightline
