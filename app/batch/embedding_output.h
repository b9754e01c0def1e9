// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batch/earlier_run.h"
#include "batch/output_files.h"
#include "batch/report.h"
#include "batch/run_record.h"
#include "cli/options.h"
#include "sightline/base/function_ref.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/journal.h"
#include "sightline/output/table_writer.h"

namespace sightline::app {

/// What a row of `embed-image` or `embed-text` contains besides the status of its input.
struct EmbeddingRow {
  std::span<const float> values;            ///< empty if the input failed
  std::optional<std::int64_t> tokens = {};  ///< texts only
  bool truncated = false;
  std::optional<InputFile> file = {};   ///< for full index lines
  std::optional<FileStamp> stamp = {};  ///< as in ImageResult
};

/// The rows of an `embed-*` run, and the checkpoints from which it is continued after an interruption, if the
/// table is an .npy file on a disk.
class EmbeddingOutput {
 public:
  struct Kind {
    std::string_view key;  ///< "path" or "text"
    bool with_index;
    IndexLines lines = IndexLines::plain;
  };

  /// Opens the files, except those of an earlier run that is to be continued (`begin`). Errors: Failure of
  /// Stage::output; usage.
  EmbeddingOutput(const OutputOptions& options, TableFormat format, Kind kind, const std::string& report,
                  const CheckpointOptions& checkpoints);

  /// Begins the run, or continues an earlier one after `done` inputs. Returns false if the outputs are
  /// complete. Passes over the inputs that are done. Errors: Failure of Stage::output, also for an earlier
  /// run that differs (locked); those of `RunFacts::next_input`.
  bool begin(RunFacts facts);
  std::int64_t done() const { return report_.ok() + report_.skipped(); }
  /// Visits the index lines of the inputs that an earlier run has done. Call it before the first `add`.
  /// Errors: those of MappedFile and `parse_index_line`.
  void for_each_done(FunctionRef<void(const IndexLine& line)> visit) const;
  void add(const ItemStatus& status, const EmbeddingRow& row);
  /// Passes complete rows to the reader of a pipe, and secures them on the disk if it is time. Call it after
  /// each batch.
  void end_batch();
  Report& report() { return report_; }
  /// Whether the rows can be read while they are being written: stdout, a pipe or a device.
  bool is_direct() const { return files_.is_open() && !files_.table().seekable(); }
  /// Whether rows go to a terminal, which may also show a progress line.
  bool to_terminal() const { return is_stdout(options_.path) && stdout_is_terminal(); }
  /// What the info file states, as far as it is known by now.
  EmbeddingsInfo info() const;
  /// Completes the files and publishes them. Errors: Failure of Stage::output.
  void publish();
  /// Runs `work`, after a line about the rows of an earlier run that is continued. If a signal, a full disk,
  /// an error of a disk or a lack of memory ends it, the rows so far are kept and a line says so. Rethrows.
  void keep_if_interrupted(const ConsoleOptions& console, FunctionRef<void()> work);

 private:
  bool continue_run();
  void start_table();
  void write_checkpoint(RecordKind kind);
  std::string kept_rows() const;
  std::string suspend() noexcept;

  OutputOptions options_;
  TableFormat format_;
  Kind kind_;
  RunOutputs outputs_;
  CheckpointOptions checkpoints_;
  bool has_journal_ = false, lost_rows_ = false;
  bool writing_ = false;  ///< a row is being written, so that no checkpoint is possible
  RunFacts facts_;
  Report report_;
  OutputFiles files_;
  std::optional<EarlierRun> earlier_;  ///< until `begin`
  std::unique_ptr<TableWriter> table_;
  std::unique_ptr<IndexWriter> index_writer_;
  std::int64_t rows_ = 0;
  DoneInputs inputs_;
  JournalRecord last_;  ///< the last record of this run or of the earlier one
  std::chrono::steady_clock::time_point last_time_;
};

/// Whether the number of rows should be known before the first one is written: for an .npy output that
/// cannot be changed afterwards, which is stdout, a FIFO or a device.
bool needs_row_count(const OutputOptions& options, TableFormat format);

}  // namespace sightline::app
