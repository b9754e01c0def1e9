#include "score_output.h"

namespace sightline::app {

ScoreOutput::ScoreOutput(const OutputOptions& options, TableFormat format, bool with_index)
    : out_(options.path, options.force) {
  // Nothing lies beside a pipe or a device.
  if (format != TableFormat::npy || !out_.seekable() || is_stdout(options.path)) return;
  index_.emplace(score_index_path_of(options.path), with_index, options.force);
  if (with_index) index_writer_.emplace(*index_->file());
}

void ScoreOutput::settle() {
  if (index_) index_->settle();
  out_.settle();
}

void ScoreOutput::commit() {
  if (index_) index_->commit();
  out_.commit();
}

}  // namespace sightline::app
