// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "batch/run_record.h"
#include "cli/options.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/journal_file.h"
#include "sightline/embeddings/resume_point.h"

namespace sightline::app {

/// Refuses an array whose companions may be those of another array, because a run was interrupted between two
/// renames. Errors: Failure of Stage::output (locked); those of `read_file`.
void require_published(const std::string& array);

/// The run that `--resume` continues: an interrupted one, which left its journal, or a finished one, whose
/// outputs are published, with their info file or their journal; not for an array that is updated.
class EarlierRun {
 public:
  /// Looks for it. Its journal is locked from now on, unless the outputs are published. Errors: those of
  /// JournalFile and `read_file`.
  EarlierRun(const OutputOptions& output, RunOutputs outputs);

  /// Whether there is anything to continue.
  bool is_found() const { return !bytes_.empty() || published_; }
  /// Whether its rows were removed, so that nothing can be continued.
  bool has_lost_rows() const { return lost_rows_; }
  /// Whether the list of inputs was not known at its beginning, so that only the inputs that it has done can
  /// be compared. Errors: those of JournalReader.
  bool is_stream() const;

  /// Compares it with the run of `facts` and `info`. Returns where to continue; its record is number 0 to
  /// begin again. Returns nothing if all of the run is done and, now at the latest, published: see `counts`.
  /// Errors: Failure of Stage::output (locked) if the runs differ; those of OutputFile.
  std::optional<ResumePoint> resume(const RunFacts& facts, const EmbeddingsInfo& info);
  /// The inputs of a run that is done.
  InputCounts counts() const { return counts_; }
  /// Passes on the journal, cut off behind record `last`, which ends at `offset`. Errors: those of
  /// JournalFile.
  JournalFile take_journal(std::int64_t last, std::int64_t offset);

 private:
  bool find_journal(const std::string& path);
  bool has_part(JournalFileNumber number) const;
  bool has_rows() const;
  bool is_settled() const;
  std::optional<ResumePoint> resume_from_journal(const RunFacts& facts);
  void finish(const JournalRecord& record, const RunFacts& facts);
  void require_files(const JournalRecord& record) const;
  void require_info(const JournalRecord& record) const;
  void publish();

  OutputOptions output_;
  RunOutputs outputs_;
  JournalPaths finals_, parts_;
  bool published_ = false, lost_rows_ = false;
  std::optional<JournalFile> journal_;  ///< nothing if nothing is left to do but to compare
  std::vector<std::byte> bytes_;        ///< of the journal
  JournalRecord last_;                  ///< of the journal
  RunDescription run_;                  ///< that of `resume`
  InputCounts counts_;
};

}  // namespace sightline::app
