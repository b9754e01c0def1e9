// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/model/model_folder.h"
#include "sightline/weights/weight_format.h"

namespace sightline {

/// The `model_type` of a document of `sentence_modules_config`.
inline constexpr std::string_view kSentenceTransformers = "sentence-transformers";

/// The configs of the modules of a text model as one document, because a packed model has only one:
/// {"model_type": "sentence-transformers", "transformer": {...}, "pooling": {...}, "dense": {...}}, and
/// "sentence_bert_config" and "config_sentence_transformers" if there are such files. Errors: missing,
/// with the file; those of JSON.
std::string sentence_modules_config(const ModelPlace& place);
/// Where the weights of the modules are.
std::vector<WeightModule> sentence_modules_weights(const ModelPlace& place);

}  // namespace sightline
