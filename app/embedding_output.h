// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "companion.h"
#include "options.h"
#include "report.h"
#include "sightline/output/index_file.h"
#include "sightline/output/info_file.h"
#include "sightline/output/table_writer.h"

namespace sightline::app {

/// One row of `embed-image` or `embed-text`.
struct EmbeddingRow {
  std::string_view label;         ///< path or text
  std::span<const float> values;  ///< empty when it failed
  std::string_view error_class, message;
  std::optional<std::int64_t> tokens;  ///< of a text
  bool truncated = false;
};

/// The output of `embed-*`: the table and, beside an .npy file, its index and how it was made.
class EmbeddingOutput {
 public:
  struct Kind {
    std::string_view key;  ///< "path" or "text"
    bool with_index;
  };

  /// Opens the files. Errors: Failure of Stage::output.
  EmbeddingOutput(const OutputOptions& options, TableFormat format, Kind kind);

  /// `describe` says what stands in the info file but for rows and width; it is called at the end, when the
  /// weights of the run are in memory, and only where there is such a file.
  void begin(std::int64_t columns, std::int64_t rows, std::function<EmbeddingsInfo()> describe);
  void row(const EmbeddingRow& row);
  /// To be called when a few rows are complete: the reader of a pipe gets them now.
  void flush_to_reader() { out_->flush_to_reader(); }
  /// Whether somebody may read the rows while they are written: stdout, a pipe or a device.
  bool is_direct() const { return !out_->seekable(); }
  /// Whether rows go to the terminal that a progress line may be on.
  bool to_terminal() const { return is_stdout(options_.path) && stdout_is_terminal(); }
  /// Completes the files, which `commit` publishes. Errors: those of OutputFile.
  void prepare_commit();
  void commit();

 private:
  OutputOptions options_;
  Kind kind_;
  std::unique_ptr<OutputFile> out_;
  std::optional<Companion> index_, info_;
  std::optional<Companion> score_index_;  ///< of an array of scores that was there
  std::unique_ptr<TableWriter> table_;
  std::unique_ptr<IndexWriter> index_writer_;
  std::function<EmbeddingsInfo()> describe_;
  std::int64_t rows_ = 0, columns_ = 0;
};

/// What messages call an input: its path, with "-" as standard input.
std::string item_name(std::string_view path);

/// Says on stderr what is wrong with an item and counts it. Errors: StoppedByItem.
void report_item(const ItemOptions& items, const ConsoleOptions& console, Progress& progress,
                 const ItemStatus& status);
/// The last line and the exit code: 0, 3 when some were skipped, 4 when nothing is left.
int finish_items(const Report& report, const ConsoleOptions& console, std::string_view unit);

}  // namespace sightline::app
