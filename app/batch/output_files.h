// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "batch/companion.h"
#include "batch/report.h"
#include "batch/run_record.h"
#include "cli/options.h"
#include "sightline/base/function_ref.h"
#include "sightline/base/hash.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/journal_file.h"
#include "sightline/embeddings/resume_point.h"
#include "sightline/files/file.h"

namespace sightline::app {

/// The files of an `embed-*` run: the table, the report, and, if the table is an .npy file on a disk, the
/// index, the info file and the journal. They are published together.
class OutputFiles {
 public:
  /// Opens nothing. `report` must outlive this object.
  OutputFiles(const OutputOptions& output, RunOutputs outputs, bool has_journal, Report& report);

  /// Opens new files, and an empty journal. Errors: those of OutputFile, JournalFile and Companion.
  void open();
  /// Opens the files that an interrupted run left, to be continued (`continue_at`). Errors: as `open`.
  void reopen();
  bool is_open() const { return table_ != nullptr; }

  OutputFile& table() { return *table_; }
  const OutputFile& table() const { return *table_; }
  /// Null if no index is written.
  OutputFile* index() { return index_ ? index_->file() : nullptr; }
  const OutputFile* index() const { return index_ ? index_->file() : nullptr; }
  /// The journal of the run; nothing without one.
  std::optional<JournalFile>& journal() { return journal_; }

  /// The hash of the rows of the array, which its writer updates.
  Hash128& rows_hash() { return *hashes_[kArrayFile]; }
  const Hash128& rows_hash() const { return *hashes_[kArrayFile]; }

  /// The hash of the index.
  const Hash128& index_hash() const { return *hashes_[kIndexFile]; }

  /// Cuts the files off at `point`, where their hashes continue, too. Errors: range, io.
  void continue_at(ResumePoint point);
  /// Waits until the files are on the disk. Returns what a record states about them. Errors: no_space, io.
  std::array<RecordedFile, kJournalFiles> sync();
  /// From now on, the files stay if they are not published.
  void keep();
  /// Refuses final names that another process created during this run. Errors: locked.
  void check_targets() const;
  /// Completes all files. `describe` returns the contents of the info file, if one is written. Errors: those
  /// of OutputFile and Companion.
  void complete(FunctionRef<EmbeddingsInfo()> describe);
  /// Gives the files their names, and removes the journal unless it is to be kept. Errors: as `complete`.
  void commit();

 private:
  void open_companions(Leftover leftover);
  void update_hashes();
  std::array<OutputFile*, kJournalFiles> recorded();

  OutputOptions output_;
  RunOutputs outputs_;
  bool has_journal_;
  Report& report_;
  std::unique_ptr<OutputFile> table_;
  std::optional<Companion> index_, info_;
  std::optional<Companion> score_index_;  ///< stale index of an array of scores
  std::optional<JournalFile> journal_;
  JournalHashes hashes_ = new_journal_hashes();
};

}  // namespace sightline::app
