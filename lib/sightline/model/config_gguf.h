// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/config.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Sizes of a model written by clip.cpp's converter. Most come from the shapes of the canonical weights;
/// heads, epsilon, activation and image size come from the keys of the file (`Weights::metadata`). Errors:
/// missing and range for a key; those of config_from_shapes; mismatch if keys and shapes disagree;
/// unsupported for a file with one tower. Source: monatis/clip.cpp models/convert_hf_to_gguf.py.
ModelConfig gguf_config(const Weights& weights);

/// CLIP's preprocessing, with the mean and deviation from `clip.vision.image_mean` and `image_std` if
/// present. Errors: range.
PreprocessorConfig gguf_preprocessor(const Weights& weights, std::int64_t image_size);

}  // namespace sightline
