// SPDX-License-Identifier: Apache-2.0
#include "score/score_output.h"

#include <vector>

#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/info_file.h"

namespace sightline::app {

ScoreOutput::ScoreOutput(const OutputOptions& options, TableFormat format, bool with_index)
    : path_(options.path), out_(options.path, options.force) {
  // A pipe or a device has no companion files.
  if (format != TableFormat::npy || !out_.seekable() || is_stdout(options.path)) return;
  journal_.emplace(new_journal(options.path));
  index_.emplace(score_index_path_of(options.path), with_index, options.force);
  rows_index_.emplace(index_path_of(options.path), false, options.force);
  info_.emplace(info_path_of(options.path), false, options.force);
  if (with_index) index_writer_.emplace(*index_->file());
}

void ScoreOutput::prepare_commit() {
  for (std::optional<Companion>* beside : {&index_, &rows_index_, &info_})
    if (*beside) (*beside)->prepare_commit();
  out_.prepare_commit();
}

void ScoreOutput::commit() {
  std::vector<Companion*> companions;
  for (std::optional<Companion>* beside : {&index_, &rows_index_, &info_})
    if (*beside) companions.push_back(&**beside);
  commit_array(out_, path_, companions);
}

}  // namespace sightline::app
