// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "score/score_run.h"
#include "sightline/embeddings/stored_rows.h"

namespace sightline::app {

/// Ranks the stored images `rows` for each query of the run. `probability`: whether the writer needs the
/// probabilities, which take the cosines of all images. Errors: those of StoredSearch; Failure of
/// Stage::output.
void rank_stored_images(const ScoreRun& run, RankingWriter& writer, const StoredRows& rows, bool probability);

}  // namespace sightline::app
