// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/config.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Sizes of a model that clip.cpp's converter wrote: from the shapes of the canonical weights; heads,
/// epsilon, activation and the image's side from the file's keys (`Weights::metadata`). Errors: missing and
/// range for a key; those of config_from_shapes; mismatch when keys and shapes disagree; unsupported
/// for a file of one tower. Source:
/// monatis/clip.cpp models/convert_hf_to_gguf.py.
CLIPConfig gguf_config(const Weights& weights);

/// Preprocessing from the keys `clip.vision.image_mean` and `image_std`, where the file has them.
/// Errors: range.
PreprocessorConfig gguf_preprocessor(const Weights& weights, std::int64_t image_size);

}  // namespace sightline
