// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sightline/model/config.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Where the parts of a model were found, and as what.
struct ModelSource {
  std::string path;          ///< what was opened: a folder or a weight file
  std::string folder;        ///< the folder of its configs and its tokenizer
  std::string form;          ///< container of the weights: "safetensors", "pytorch", "hdf5", "gguf", ...
  std::string dialect;       ///< whose names they had: hf, openai, openclip, kerascv, kerashub, gguf
  std::string weights;       ///< the weight file, or the index of its shards
  std::string config;        ///< the file that says the sizes; "" = the weight file itself
  std::string preprocessor;  ///< the file that says how pictures are prepared; "" = CLIP's defaults
  std::string image_class;   ///< transformers' class whose rules that file follows; "" = not a file of its
  std::vector<std::string> assumptions;  ///< what no file says and was supplied, one sentence each
};

/// Everything a model is built from but its tokenizer, which is read when a text needs it.
struct LoadedModel {
  ModelSource source;
  Weights weights;  ///< under canonical names
  CLIPConfig config;
  PreprocessorConfig preprocessor;
};

/// Opens a model folder (Hugging Face, OpenCLIP, KerasHub, KerasCV; `model_place`) or a weight file with its
/// configs beside it. Sizes come from the config of the weights' dialect, else from `config.json`, else,
/// where they say enough (OpenAI, KerasCV, GGUF), from the weights themselves. `dialect`: whose names the
/// weights have, "" = as recognized. Errors: missing, with what to put beside the weights, or with the tower
/// that they lack; those of the weights, configs and preprocessing.
LoadedModel open_model(const std::string& path, std::string_view dialect = "");

}  // namespace sightline
