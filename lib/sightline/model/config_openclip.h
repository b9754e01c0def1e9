// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/model/config.h"

namespace sightline {

/// Sizes from OpenCLIP's `open_clip_config.json` (`model_cfg`). A key that this program does not know must
/// have a value that asks for nothing (null, false, 0, empty). Errors: header, missing, range, type;
/// unsupported, by the key's name, for what would change a number: towers of timm, of Hugging Face and
/// ResNets, other pooling, layer scale, biased projections, ... Source: open_clip model.py (CLIPVisionCfg,
/// CLIPTextCfg, _build_vision_tower, _build_text_tower).
CLIPConfig openclip_config(std::string_view text, std::string_view subject);

/// The same file's `preprocess_cfg`; what it does not say is OpenCLIP's default, for an image of
/// `image_size`. Errors: header, range, type; unsupported for another mode than RGB, an interpolation or a
/// resize_mode that OpenCLIP has not. Source: open_clip transform.py (PreprocessCfg, image_transform_v2).
PreprocessorConfig openclip_preprocessor(std::string_view text, std::string_view subject,
                                         std::int64_t image_size);

}  // namespace sightline
