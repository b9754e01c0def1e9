// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// Resolves `path` to the folder or file of the model. That is `path` itself, unless it is a folder without
/// weights of its own that describes several models: then it is the subfolder of the only CLIPModel that
/// `modules.json` (sentence-transformers, usually `0_CLIPModel`) or `model_index.json` (diffusers) lists.
/// Errors: missing for a pipeline without a CLIPModel, with the towers that it has, and for a listed folder
/// that does not exist; mismatch for several CLIPModels; unsupported for sentence-transformers modules
/// without a CLIPModel; unsafe for a listed folder outside `path`; those of JSON.
std::string resolve_model_path(const std::string& path);

}  // namespace sightline
