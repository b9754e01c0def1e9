// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/model/config.h"

namespace sightline {

/// Sizes from OpenCLIP's `open_clip_config.json` (`model_cfg`). An unknown key must have a
/// value without effect (null, false, 0, empty). Errors: header, missing, range, type; unsupported, with the
/// key, for anything that would change the results: towers of timm or Hugging Face, ResNets, other pooling,
/// layer scale, biased projections, ... Source: open_clip model.py (CLIPVisionCfg,
/// CLIPTextCfg, _build_vision_tower, _build_text_tower).
ModelConfig openclip_config(std::string_view text, std::string_view subject);

/// Preprocessing from `preprocess_cfg` of the same file; missing keys have OpenCLIP's defaults, for images of
/// `image_size`. Errors: header, range, type; unsupported for a mode other than RGB and for an interpolation
/// or resize_mode that OpenCLIP lacks. Source: open_clip transform.py (PreprocessCfg, image_transform_v2).
PreprocessorConfig openclip_preprocessor(std::string_view text, std::string_view subject,
                                         std::int64_t image_size);

}  // namespace sightline
