// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "batch/captions.h"
#include "cli/console.h"
#include "cli/options.h"
#include "sightline/embeddings/info_file.h"

namespace sightline::app {

/// The identity of the model of a run: its fingerprint and its name (a preset or `org/name` as given, else
/// the last component of its path). Errors: Failure of Stage::model.
ModelIdentity identity_of(const Model& model, const ModelOptions& options);

/// The contents of an info file for the images or texts of a run, except for the numbers of rows and columns.
/// Errors: Failure of Stage::model.
EmbeddingsInfo image_info(const Model& model, const ModelOptions& options, bool normalized);
EmbeddingsInfo text_info(const Model& model, const ModelOptions& options, const CaptionOptions& captions,
                         bool normalized);

/// Stored embeddings and the contents of their info file.
struct DescribedArray {
  const std::string& path;
  const std::optional<EmbeddingsInfo>& info;  ///< empty without an info file
};

/// Refuses stored embeddings of different models. An array without an info file is always accepted. Errors:
/// Failure of Stage::inputs (mismatch).
void check_same_model(const DescribedArray& images, const DescribedArray& texts);
/// Compares an array with the model of the run. The fingerprint is computed only if an info file exists.
/// Errors: also those of `identity_of`.
void check_model_of(const DescribedArray& array, const Model& model, const ModelOptions& options);

/// Warns if stored embeddings are used as the other modality. This is allowed, because cosines between two
/// images are meaningful, too.
void note_modality(const ConsoleOptions& console, const DescribedArray& array, Modality used_as);

}  // namespace sightline::app
