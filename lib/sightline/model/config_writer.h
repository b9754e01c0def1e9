// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sightline/model/config.h"

namespace sightline {

/// The text of a `config.json` from which transformers builds this model: all fields of its own files, keys
/// in bytewise order, indented by two spaces. The same config always gives the same bytes. `dtype` is the
/// type of the stored weights ("float32", "float16", "bfloat16").
std::string config_json(const ModelConfig& config, std::string_view dtype);

/// The text of a `preprocessor_config.json` for a class of transformers that has the steps of
/// CLIPImageProcessor, in the same format. Errors: unsupported for OpenCLIP's resize_mode "longest", which
/// these processors lack.
std::string preprocessor_config_json(const PreprocessorConfig& config,
                                     std::string_view class_name = "CLIPImageProcessor");

}  // namespace sightline
