// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/option.h"

namespace sightline::app {

struct ScoreOptions;

void add_query_options(CommandLine& line, ScoreOptions& options);

/// What `--like` and the options beside it exclude. Errors: usage; Failure of Stage::inputs for a folder.
void check_queries(const CommandLine& line, const ScoreOptions& options);

/// Says of a caption of the command line that is the path of a file how to search by an image.
void note_captions_that_are_files(const ScoreOptions& options);

}  // namespace sightline::app
