// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "batch/captions.h"
#include "cli/options.h"
#include "sightline/model/model.h"

namespace sightline::app {

/// Notes on stderr, once in a run, that captions have capital letters which a model takes as they are
/// although it was trained on lower case: the fixed-size SigLIP 2 as transformers reads it, whose files name
/// GemmaTokenizer. Not if `--text-cleaning` says what to do.
class CapitalsNote {
 public:
  CapitalsNote(const Model& model, const ModelOptions& options, const ConsoleOptions& console);

  /// Errors: Failure of Stage::model, if the tokenizer fails.
  void check(std::span<const Caption> captions);

 private:
  const Model& model_;
  const ConsoleOptions& console_;
  bool needed_;
};

}  // namespace sightline::app
