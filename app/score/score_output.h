// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "batch/companion.h"
#include "cli/options.h"
#include "sightline/embeddings/score_index.h"

namespace sightline::app {

/// The output of `score` and, next to an .npy file, the index of its rows and columns.
class ScoreOutput {
 public:
  /// Opens the files. Errors: those of OutputFile and Companion.
  ScoreOutput(const OutputOptions& options, TableFormat format, bool with_index);

  OutputFile& file() { return out_; }
  /// Null if no index is written.
  ScoreIndexWriter* index() { return index_writer_ ? &*index_writer_ : nullptr; }
  /// Completes the files, which `commit` publishes. Errors: those of OutputFile.
  void prepare_commit();
  void commit();

 private:
  std::string path_;
  OutputFile out_;
  std::optional<Companion> index_;
  std::optional<Companion> rows_index_, info_;  ///< stale files of embeddings
  std::optional<JournalFile> journal_;          ///< keeps others from continuing a run with this output
  std::optional<ScoreIndexWriter> index_writer_;
};

}  // namespace sightline::app
