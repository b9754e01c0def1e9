// SPDX-License-Identifier: Apache-2.0
#include "batch/capitals_note.h"

#include <algorithm>

#include "cli/console.h"
#include "cli/failure.h"
#include "sightline/model/capitals.h"

namespace sightline::app {

CapitalsNote::CapitalsNote(const Model& model, const ModelOptions& options, const ConsoleOptions& console)
    : model_(model),
      console_(console),
      needed_(!console.quiet && !options.text_cleaning && is_fixed_siglip(model.config())) {}

void CapitalsNote::check(std::span<const Caption> captions) {
  if (!needed_) return;
  const bool found = std::ranges::any_of(
      captions, [](const Caption& caption) { return std::ranges::any_of(caption.prompts, has_capitals); });
  if (!found) return;
  needed_ = false;
  if (!in_stage(Stage::model, [&] { return keeps_capitals(model_.processor().tokenizer()); })) return;
  note(console_,
       "some captions have capital letters, which this model's tokenizer keeps, as in transformers, but "
       "SigLIP 2 was trained on lower case; --text-cleaning siglip lower-cases captions and removes "
       "punctuation, as OpenCLIP does");
}

}  // namespace sightline::app
