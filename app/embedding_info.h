// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "captions.h"
#include "console.h"
#include "options.h"
#include "sightline/output/info_file.h"

namespace sightline::app {

/// The model of a run: its fingerprint, and the name it goes by: a preset or `org/name` as it was given, else
/// the last part of its path. Errors: Failure of Stage::model.
ModelIdentity identity_of(const Model& clip, const ModelOptions& options);

/// What an info file says of the images or texts of a run; rows and width are left open. Errors: Failure of
/// Stage::model.
EmbeddingsInfo image_info(const Model& clip, const ModelOptions& options, bool normalized);
EmbeddingsInfo text_info(const Model& clip, const ModelOptions& options, const CaptionOptions& captions,
                         bool normalized);

/// Refuses stored embeddings ("" is none) that were made by different models; an array without an info file
/// fits all. Errors: Failure of Stage::inputs (mismatch).
void check_same_model(const std::string& image_embeddings, const std::string& text_embeddings);
/// The same of each of them and the model of the run, whose fingerprint is made only when an info file is
/// there. Errors: also those of `identity_of`.
void check_model_of(const std::vector<std::string>& arrays, const Model& clip, const ModelOptions& options);

/// Says so when stored embeddings ("" is none) are used as what they were not made from: cosines of images
/// with images mean something too.
void note_modality(const ConsoleOptions& console, const std::string& array, Modality used_as);

}  // namespace sightline::app
