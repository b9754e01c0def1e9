// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/model/config.h"
#include "sightline/model/model_files.h"
#include "sightline/weights/dialect.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// The files that a model was read from, and their formats.
struct ModelSource {
  std::string path;  ///< the folder or weight file that was opened
  ModelFiles files;  ///< its configs and its tokenizer: a folder, or the packed model itself
  std::string form;  ///< container format of the weights: "safetensors", "pytorch", "packed", ...
  Dialect dialect = Dialect::hf;  ///< naming scheme of the weights
  std::string weights;            ///< the weight file, or the index of its shards
  std::string config;             ///< the file that defines the sizes; "" = the weight file itself
  /// The text of the config if it is not one file: that of sentence-transformers' modules.
  std::string combined_config;
  std::string preprocessor;  ///< the file that defines the image preprocessing; "" = CLIP's defaults
  std::string image_class;   ///< transformers' class whose rules apply to that file; "" = not such a file
  std::vector<std::string> assumptions;  ///< one sentence for each default that replaces missing information
};

/// Everything needed to build a model except its tokenizer, which is read on first use.
struct LoadedModel {
  ModelSource source;
  Weights weights;  ///< under canonical names
  ModelConfig config;
  PreprocessorConfig preprocessor;
};

/// Opens a model folder (Hugging Face, OpenCLIP, KerasHub, KerasCV; `find_model`), a weight file with
/// its configs next to it, or a packed model. Sizes come from the config of the weights' dialect, else from
/// `config.json`, else from the weights themselves if those are sufficient (OpenAI, KerasCV, GGUF).
/// `dialect`: the naming scheme of the weights, nullopt = detect. Errors: missing, with the file to put next
/// to the weights or the tower that they lack; those of the weights, configs and preprocessing. `use_folder`
/// is called with the files of a folder before any of them is read.
LoadedModel open_model(const std::string& path, std::optional<Dialect> dialect = {},
                       const std::function<void(const ModelFiles&)>& use_folder = nullptr);

}  // namespace sightline
