// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// The place of a model.
struct ModelPlace {
  std::string path;  ///< its folder or its weight file
  /// The `modules.json` of a text model of sentence-transformers, whose first module is in `path`; "" for any
  /// other model.
  std::string modules = {};
  std::string pooling = {}, dense = {};  ///< the folders of its other modules
};

/// Finds the model at `path`. That is `path` itself, unless it is a folder without weights of its own that
/// describes several models: then it is the subfolder of the only CLIPModel that `modules.json`
/// (sentence-transformers, usually `0_CLIPModel`) or `model_index.json` (diffusers) lists. A `modules.json`
/// that lists a Transformer, a Pooling and a Dense describes a text model, whose Transformer is in a
/// subfolder or in `path`.
/// Errors: missing for a pipeline without a CLIPModel, with the towers that it has, and for a listed folder
/// that does not exist; mismatch for several CLIPModels; unsupported for other sentence-transformers modules;
/// unsafe for a listed folder outside `path`; those of JSON.
ModelPlace find_model(const std::string& path);

}  // namespace sightline
