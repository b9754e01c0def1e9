// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/model/config.h"
#include "sightline/model/model_source.h"

namespace sightline {

/// What states the sizes of a model.
enum class ConfigForm {
  transformers,  ///< config.json of transformers
  openclip,      ///< open_clip_config.json
  keras,         ///< config.json of KerasCV or KerasHub, or that inside a .keras archive
  gguf,          ///< the metadata of a GGUF file
  modules,       ///< the configs of sentence-transformers' modules (`sentence_modules_config`)
  shapes,        ///< the shapes of the weights
};
struct ConfigSource {
  ConfigForm form = ConfigForm::shapes;
  std::string path;  ///< of the file; "" = the weight file itself
  std::string text;  ///< the whole document, except the last two
};

/// The source for weights of this dialect: the config of the dialect, else `config.json`, else the weights
/// themselves. Errors: missing, with the file to put next to weights that are not sufficient; those of JSON.
ConfigSource find_config(Dialect dialect, const Weights& weights, const ModelFiles& files);

/// Errors: those of the readers.
ModelConfig read_config(const ConfigSource& source, const Weights& weights);

/// Reads the image preprocessing: from the same source if it states that, else from transformers' or
/// KerasHub's file beside it, else the defaults, into `model`, whose config has been read; records the file
/// and what is assumed. Errors: those of the readers; mismatch for patches of a size that the image tower
/// does not expect.
void read_preprocessing(const ConfigSource& source, LoadedModel& model);

}  // namespace sightline
