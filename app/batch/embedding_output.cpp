// SPDX-License-Identifier: Apache-2.0
#include "batch/embedding_output.h"

#include <sys/stat.h>

#include "cli/failure.h"
#include "cli/signals.h"
#include "sightline/base/format.h"
#include "sightline/embeddings/mapped_lines.h"
#include "sightline/files/publishing.h"
#include "sightline/model/summary_table.h"

namespace sightline::app {
namespace {

/// Whether an output is written directly: stdout, a FIFO or a device.
bool is_direct_path(const std::string& path) {
  struct stat status = {};
  return is_stdout(path) ||
         (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
}

}  // namespace

EmbeddingOutput::EmbeddingOutput(const OutputOptions& options, TableFormat format, Kind kind,
                                 const std::string& report, const CheckpointOptions& checkpoints)
    : options_(options),
      format_(format),
      kind_(kind),
      outputs_{kind.with_index, report, kind.lines == IndexLines::full,
               checkpoints.resume && !kind.with_index},
      checkpoints_(checkpoints),
      has_journal_(format == TableFormat::npy && !needs_row_count(options, format)),
      report_(kind.key),
      files_(options, outputs_, has_journal_, report_),
      last_time_(std::chrono::steady_clock::now()) {
  if (!has_journal_ && checkpoints.resume) fail_usage("--resume needs an .npy output, a file on a disk");
  if (!has_journal_ && checkpoints.given) fail_usage("--checkpoint needs an .npy output, a file on a disk");
  if (checkpoints.resume && !report.empty() && is_direct_path(report))
    fail_usage("--resume needs a report that is a file on a disk");
  in_stage(Stage::output, [&] {
    if (checkpoints_.resume) earlier_.emplace(options_, outputs_);
    if (earlier_ && earlier_->is_found()) return;
    lost_rows_ = earlier_ && earlier_->has_lost_rows();
    earlier_.reset();
    files_.open();
  });
}

bool EmbeddingOutput::begin(RunFacts facts) {
  facts_ = std::move(facts);
  return in_stage(Stage::output, [&] {
    if (earlier_ && !continue_run()) return false;
    earlier_.reset();
    start_table();
    return true;
  });
}

bool EmbeddingOutput::continue_run() {
  // The run was begun with a stream, and its list is a file now: the entries so far are compared.
  if (earlier_->is_stream()) facts_.rows.reset();
  std::optional<ResumePoint> point = earlier_->resume(facts_, info());
  if (!point) {
    const InputCounts counts = earlier_->counts();
    report_.continue_after(counts.inputs - counts.skipped, counts.skipped);
    return false;
  }
  last_ = point->record;
  inputs_ = require_same_inputs(last_, facts_, options_.path);
  files_.reopen();
  const std::int64_t journal_offset = point->journal_offset;
  files_.continue_at(std::move(*point));
  files_.journal().emplace(earlier_->take_journal(last_.sequence, journal_offset));
  rows_ = last_.rows;
  report_.continue_after(last_.inputs - last_.skipped, last_.skipped);
  return true;
}

// After the hashes and the sizes of the files are set.
void EmbeddingOutput::start_table() {
  table_ =
      make_table_writer(format_, files_.table(),
                        {options_.dtype == DType::f16, options_.drop_bad, kind_.key, &files_.rows_hash()});
  if (files_.index() != nullptr) index_writer_ = std::make_unique<IndexWriter>(*files_.index());
  table_->begin(facts_.columns, options_.drop_bad ? std::nullopt : facts_.rows);
}

EmbeddingsInfo EmbeddingOutput::info() const {
  EmbeddingsInfo info = facts_.describe();
  info.dtype = options_.dtype == DType::f16 ? "float16" : "float32";
  info.rows = rows_;
  info.width = facts_.columns;
  info.precision = facts_.precision;
  info.computation = kComputationVersion;
  info.drop_bad = options_.drop_bad;
  if (info.modality == Modality::image) info.strict = facts_.strict;
  info.full_index = outputs_.full_index;
  info.xxh3 = files_.rows_hash().hex();
  info.index_xxh3 = files_.index_hash().hex();
  return info;
}

void EmbeddingOutput::for_each_done(FunctionRef<void(const IndexLine& line)> visit) const {
  if (done() == 0 || !outputs_.with_index) return;
  MappedLines lines(files_.index()->written_path());
  while (const std::optional<std::string_view> text = lines.next())
    visit(parse_index_line(*text, lines.place()));
}

void EmbeddingOutput::add(const ItemStatus& status, const EmbeddingRow& row) {
  writing_ = true;
  const Outcome& outcome = status.outcome;
  const bool dropped = !outcome.ok() && options_.drop_bad;
  report_.add(status);
  if (!dropped) table_->row({status.label, kind_.key, outcome, row.values});
  if (index_writer_ != nullptr) {
    index_writer_->write({.row = dropped ? std::nullopt : std::optional(rows_),
                          .label_key = kind_.key,
                          .label = status.label,
                          .tokens = row.tokens,
                          .truncated = row.truncated,
                          .outcome = outcome,
                          .full = outputs_.full_index,
                          .file = row.file});
  }
  if (!dropped) ++rows_;
  if (has_journal_ && facts_.with_stamps) inputs_.add(status.label, row.stamp);
  writing_ = false;
}

void EmbeddingOutput::end_batch() {
  report_.flush_to_reader();
  files_.table().flush_to_reader();
  if (!has_journal_ || done() == last_.inputs) return;
  const auto elapsed = std::chrono::steady_clock::now() - last_time_;
  const bool many = checkpoints_.rows > 0 && done() - last_.inputs >= checkpoints_.rows;
  const bool long_ago = checkpoints_.seconds > 0 && elapsed >= std::chrono::seconds(checkpoints_.seconds);
  if (many || long_ago) write_checkpoint(RecordKind::checkpoint);
}

void EmbeddingOutput::write_checkpoint(RecordKind kind) {
  JournalRecord record{
      .kind = kind, .inputs = done(), .rows = rows_, .skipped = report_.skipped(), .list = inputs_.hash()};
  record.files = files_.sync();
  JournalFile& journal = *files_.journal();
  if (!journal.is_started()) journal.start(describe_run(facts_, info(), options_, outputs_));
  if (last_.sequence == 0 && !outputs_.report.empty())
    sync_folder(folder_of(temporary_path(outputs_.report)));
  journal.append(record);
  last_ = record;
  last_.sequence = std::max<std::int64_t>(last_.sequence, 1);
  last_time_ = std::chrono::steady_clock::now();
  files_.keep();
}

void EmbeddingOutput::publish() {
  in_stage(Stage::output, [&] {
    files_.check_targets();  // as long as the rows can still be kept
    table_->finish();
    files_.complete([&] { return info(); });
    if (has_journal_) write_checkpoint(RecordKind::complete);
    files_.commit();
  });
}

// "out.npy.part has 4,096 of 10,000 rows"
std::string EmbeddingOutput::kept_rows() const {
  std::string text = printable(options_.path) + ".part has " + grouped(last_.rows);
  if (facts_.rows) text += " of " + grouped(*facts_.rows);
  return text + (last_.rows == 1 && !facts_.rows ? " row" : " rows");
}

// Returns what was kept, in words, or "".
std::string EmbeddingOutput::suspend() noexcept {
  try {
    const bool is_possible = has_journal_ && files_.is_open() && !writing_ && !report_.is_complete();
    if (is_possible && done() > last_.inputs) write_checkpoint(RecordKind::checkpoint);
  } catch (...) {  // NOLINT(bugprone-empty-catch): the last checkpoint holds
  }
  try {
    return last_.inputs == 0 ? "" : kept_rows();
  } catch (...) {
    return "";
  }
}

void EmbeddingOutput::keep_if_interrupted(const ConsoleOptions& console, FunctionRef<void()> work) {
  const std::string resume = "continue with --resume";
  const auto say = [&](const std::string& line) { note(console, line); };
  const auto say_kept = [&] {
    if (const std::string kept = suspend(); !kept.empty()) say(kept + "; " + resume);
  };
  try {
    if (last_.inputs > 0) say(kept_rows() + "; continuing");
    if (lost_rows_) say("the rows of the earlier run were removed; all rows are computed again");
    work();
  } catch (const Failure& failure) {
    const bool is_taken = failure.stage() == Stage::output && failure.code() == ErrorCode::locked;
    if (failure.code() != ErrorCode::no_space && failure.code() != ErrorCode::io && !is_taken) throw;
    const std::string kept = suspend();
    if (kept.empty()) throw;
    const std::string taken = printable(failure.subject());
    throw Failure(failure.stage(), failure,
                  kept + "; " + (is_taken ? "move " + taken + " away, or add --force, and " : "") + resume);
  } catch (const Interrupted&) {
    say_kept();
    throw;
  } catch (const std::bad_alloc&) {
    say_kept();
    throw;
  } catch (const StoppedByItem&) {
    if (last_.sequence > 0) say_kept();
    throw;
  }
}

bool needs_row_count(const OutputOptions& options, TableFormat format) {
  return format == TableFormat::npy && is_direct_path(options.path);
}

}  // namespace sightline::app
