// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// The folder or file that holds the model, of what was named: `path` itself, or the folder inside that holds
/// a whole CLIP where `path` is a folder of sentence-transformers (`modules.json`: the one module that is a
/// CLIPModel, usually `0_CLIPModel`) or a pipeline of diffusers (`model_index.json`: the one part that is a
/// CLIPModel) without weights of its own. Errors: missing, for a pipeline with no such part (what its parts
/// hold, and which tower that lacks) or one that is not there; mismatch for several; unsupported for
/// sentence-transformers without a CLIPModel; unsafe for a part outside the folder; those of JSON.
std::string model_place(const std::string& path);

}  // namespace sightline
