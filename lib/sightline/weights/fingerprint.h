// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/base/function_ref.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Keys of a file's metadata: the fingerprint of the original model, and that of the values in the file.
inline constexpr std::string_view kModelFingerprintKey = "sightline.model_fingerprint";
inline constexpr std::string_view kValuesFingerprintKey = "sightline.values_fingerprint";

/// Identifies a model: XXH3-128 (32 hexadecimal digits) of the canonical names, the shapes and the first
/// eight values, rounded to bfloat16, of every tensor. It is the same for every container and naming scheme
/// with the same values. `logit_scale` is excluded: embeddings do not depend on it, and GGUF does not store
/// it. Reads a page or two of each tensor and does not materialise deferred tensors. `as` computes the
/// fingerprint of the values as a file of that type would store them.
/// Errors: those of deferred tensors.
std::string values_fingerprint(const Weights& canonical, std::optional<DType> as = {});
/// The same for a file that stores the tensor `name` as `as(name)`; nothing: unchanged.
std::string values_fingerprint(const Weights& canonical,
                               FunctionRef<std::optional<DType>(const std::string& name)> as);

/// The fingerprint of the model from which the weights were converted: the one recorded by
/// `fingerprint_metadata` if the values have not changed since, else the fingerprint of the values.
std::string model_fingerprint(const Weights& canonical);

/// Metadata that a file of these weights in another type (none: unchanged) needs to count as the same model;
/// empty if its values give the same fingerprint.
std::map<std::string, std::string> fingerprint_metadata(const Weights& canonical, std::optional<DType> as);

/// Keeps the fingerprint entries of a file's metadata; other entries cannot be set this way.
void keep_fingerprint_metadata(Weights& weights, const std::string& key, const std::string& value);

}  // namespace sightline
