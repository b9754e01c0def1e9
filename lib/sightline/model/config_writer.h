// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sightline/model/config.h"

namespace sightline {

/// The text of a `config.json` from which transformers builds this model: every field that its own files
/// have, keys in bytewise order, indented by two; the same config gives the same bytes. `dtype` is what the
/// weights are stored as ("float32", "float16", "bfloat16").
std::string config_json(const CLIPConfig& config, std::string_view dtype);

/// The text of a `preprocessor_config.json` for transformers' CLIPImageProcessor, likewise.
/// Errors: unsupported for OpenCLIP's resize_mode "longest", which that processor has not.
std::string preprocessor_config_json(const PreprocessorConfig& config);

}  // namespace sightline
