// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/model/config.h"

namespace sightline {

/// The text of an `open_clip_config.json` from which OpenCLIP builds this model, indented by two spaces. The
/// same values always give the same bytes. Errors: unsupported, with the setting, for a model or
/// preprocessing that OpenCLIP cannot express, such as another vocabulary than CLIP's.
/// Source: open_clip model.py (CLIPVisionCfg, CLIPTextCfg), transform.py (PreprocessCfg).
std::string openclip_config_json(const ModelConfig& config, const PreprocessorConfig& preprocessor);

}  // namespace sightline
