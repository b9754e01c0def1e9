// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/option.h"

namespace sightline::app {

struct ScoreOptions;

void add_query_options(CommandLine& line, ScoreOptions& options);

/// Checks which options can be combined with `--like`. Errors: usage; Failure of Stage::inputs for a folder.
void check_queries(const CommandLine& line, const ScoreOptions& options);

/// If a caption on the command line is the path of a file, notes on stderr how to search by an image.
void note_captions_that_are_files(const ScoreOptions& options);

}  // namespace sightline::app
