// SPDX-License-Identifier: Apache-2.0
#include "batch/embedding_output.h"

#include <sys/stat.h>

#include "cli/failure.h"
#include "sightline/base/format.h"
#include "sightline/embeddings/score_index.h"

namespace sightline::app {

EmbeddingOutput::EmbeddingOutput(const OutputOptions& options, TableFormat format, Kind kind)
    : options_(options), kind_(kind) {
  in_stage(Stage::output, [&] {
    out_ = std::make_unique<OutputFile>(options.path, options.force);
    table_ = make_table_writer(format, *out_,
                               {options.dtype == DType::f16, options.drop_bad, kind.key, &rows_hash_});
    // A pipe or a device has no companion files.
    if (format != TableFormat::npy || !out_->seekable() || is_stdout(options.path)) return;
    index_.emplace(index_path_of(options.path), kind.with_index, options.force);
    info_.emplace(info_path_of(options.path), kind.with_index, options.force);
    score_index_.emplace(score_index_path_of(options.path), false, options.force);
    if (kind.with_index) index_writer_ = std::make_unique<IndexWriter>(*index_->file());
  });
}

void EmbeddingOutput::begin(std::int64_t columns, std::optional<std::int64_t> rows,
                            std::function<EmbeddingsInfo()> describe) {
  columns_ = columns;
  describe_ = std::move(describe);
  table_->begin(columns, options_.drop_bad ? std::nullopt : rows);
}

void EmbeddingOutput::row(const EmbeddingRow& row) {
  const bool good = row.error_class.empty();
  const bool dropped = !good && options_.drop_bad;
  if (!dropped) table_->row({row.label, kind_.key, row.error_class, row.message, row.values});
  if (index_writer_ != nullptr) {
    index_writer_->write({dropped ? std::nullopt : std::optional(rows_), kind_.key, row.label, row.tokens,
                          row.truncated, row.error_class, row.message});
  }
  if (!dropped) ++rows_;
}

void EmbeddingOutput::prepare_commit() {
  table_->finish();
  if (index_) index_->prepare_commit();
  if (info_ && info_->file() != nullptr) {
    EmbeddingsInfo info = describe_();
    info.dtype = options_.dtype == DType::f16 ? "float16" : "float32";
    info.rows = rows_;
    info.width = columns_;
    info.xxh3 = rows_hash_.hex();
    write_info(*info_->file(), info);
  }
  if (info_) info_->prepare_commit();
  if (score_index_) score_index_->prepare_commit();
  out_->prepare_commit();
}

void EmbeddingOutput::commit() {
  if (index_) index_->commit();
  if (info_) info_->commit();
  if (score_index_) score_index_->commit();
  out_->commit();
}

bool needs_row_count(const OutputOptions& options, TableFormat format) {
  if (format != TableFormat::npy) return false;
  struct stat status = {};
  return is_stdout(options.path) || (::stat(options.path.c_str(), &status) == 0 && !S_ISREG(status.st_mode));
}

std::string item_name(std::string_view path) {
  return path == "-" ? "standard input" : path.empty() ? "''" : printable(path);
}

void report_item(const ItemOptions& items, const ConsoleOptions& console, Progress& progress,
                 const ItemStatus& status) {
  const bool failed = !status.error_class.empty();
  progress.advance({.skipped = failed, .bytes = status.bytes});
  const bool warned = status.warnings != nullptr && !status.warnings->empty() && console.verbose > 0;
  if (!failed && !warned) return;
  const std::string subject = item_name(status.subject);
  if (failed) {
    progress.clear();
    const std::string line = "sightline: " + error_word(status.error_class) + " " + subject + ": ";
    write_stderr(line + printable(status.message) + "\n");
    if (!status.hint.empty()) note(console, status.hint);
    if (items.stop()) throw StoppedByItem{};
  } else {
    progress.clear();
    for (const std::string& warning : *status.warnings)
      note_warning(console, subject + ": " + printable(warning));
  }
}

int finish_items(const Report& report, const ConsoleOptions& console, std::string_view unit) {
  const std::int64_t total = report.ok() + report.skipped();
  if (report.skipped() > 0) {
    note(console, std::to_string(report.skipped()) + " of " + std::to_string(total) + " " +
                      std::string(unit) + " skipped");
  }
  if (report.ok() == 0) {
    // This explains the exit status, so it is printed with -q, too.
    if (total == 0) write_stderr("sightline: no " + std::string(unit) + " found\n");
    return kExitNoUsableInput;
  }
  return report.skipped() > 0 ? kExitSkipped : kExitSuccess;
}

}  // namespace sightline::app
