// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/option.h"

namespace sightline::app {

struct ScoreOptions;

/// `--pairs`, which `score` takes instead of images and captions.
void add_pairs_option(CommandLine& line, ScoreOptions& options);

/// Scores the pairs of `--pairs` and writes them. Returns the exit status. Errors: usage for options that
/// have no effect; those of the sources and outputs.
int run_pairs(const ScoreOptions& options);

}  // namespace sightline::app
