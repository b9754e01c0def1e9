// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sightline/weights/weights.h"

namespace sightline {

/// What tells two models apart: xxh3-128 (32 hexadecimal digits) of the canonical names, the shapes and the
/// first eight values, rounded to bfloat16, of every tensor. The same for every container and dialect that
/// holds the same values. `logit_scale` is not part of it: no embedding depends on it, and GGUF has none.
/// Reads a page or two of each tensor and makes no deferred one whole. `as`: of the values as a file of that
/// type would hold them. Errors: those of deferred tensors.
std::string values_fingerprint(const Weights& canonical, std::optional<DType> as = {});

/// The same of the model that the weights are a copy of: what `fingerprint_metadata` handed on, as long as
/// the values are still those that it was handed on with; else that of the values.
std::string model_fingerprint(const Weights& canonical);

/// What a file of these weights in another type (none: as they are) must say beside its tensors to count as
/// the same model; empty when its values say it.
std::map<std::string, std::string> fingerprint_metadata(const Weights& canonical, std::optional<DType> as);

/// Keeps those entries of a file's metadata that are fingerprints; nobody may say anything else this way.
void keep_fingerprint_metadata(Weights& weights, const std::string& key, const std::string& value);

}  // namespace sightline
