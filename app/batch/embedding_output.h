// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "batch/companion.h"
#include "batch/report.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "sightline/base/hash.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/output/table_writer.h"

namespace sightline::app {

/// One row of `embed-image` or `embed-text`.
struct EmbeddingRow {
  std::string_view label;         ///< path or text
  std::span<const float> values;  ///< empty if the item failed
  std::string_view error_class, message;
  std::optional<std::int64_t> tokens;  ///< texts only
  bool truncated = false;
};

/// The output of `embed-*`: the table and, next to an .npy file, the index and info files.
class EmbeddingOutput {
 public:
  struct Kind {
    std::string_view key;  ///< "path" or "text"
    bool with_index;
  };

  /// Opens the files. Errors: Failure of Stage::output.
  EmbeddingOutput(const OutputOptions& options, TableFormat format, Kind kind);

  /// `describe` returns the contents of the info file except for the numbers of rows and columns. It is
  /// called at the end, when the weights are in memory, and only if an info file is written.
  /// `rows`: nullopt if their number is not known; see `needs_row_count`.
  void begin(std::int64_t columns, std::optional<std::int64_t> rows,
             std::function<EmbeddingsInfo()> describe);
  void row(const EmbeddingRow& row);
  /// Passes complete rows to the reader of a pipe. Call it after each batch.
  void flush_to_reader() { out_->flush_to_reader(); }
  /// Whether the rows can be read while they are being written: stdout, a pipe or a device.
  bool is_direct() const { return !out_->seekable(); }
  /// Whether rows go to a terminal, which may also show a progress line.
  bool to_terminal() const { return is_stdout(options_.path) && stdout_is_terminal(); }
  /// Completes the files; `commit` publishes them. Errors: those of OutputFile.
  void prepare_commit();
  void commit();

 private:
  OutputOptions options_;
  Kind kind_;
  std::unique_ptr<OutputFile> out_;
  std::optional<Companion> index_, info_;
  std::optional<Companion> score_index_;  ///< stale index of an array of scores
  Hash128 rows_hash_;                     ///< of the bytes of an .npy file after its header
  std::unique_ptr<TableWriter> table_;
  std::unique_ptr<IndexWriter> index_writer_;
  std::function<EmbeddingsInfo()> describe_;
  std::int64_t rows_ = 0, columns_ = 0;
};

/// Whether the number of rows should be known before the first one is written: for an .npy output that
/// cannot be changed afterwards, which is stdout, a FIFO or a device.
bool needs_row_count(const OutputOptions& options, TableFormat format);

/// The name of an input in messages: its path, or "standard input" for "-".
std::string item_name(std::string_view path);

/// Reports the problem of an item on stderr and counts the item. Errors: StoppedByItem.
void report_item(const ItemOptions& items, const ConsoleOptions& console, Progress& progress,
                 const ItemStatus& status);
/// Prints the last line and returns the exit code: 0, 3 if some items were skipped, 4 if no item is left.
int finish_items(const Report& report, const ConsoleOptions& console, std::string_view unit);

}  // namespace sightline::app
