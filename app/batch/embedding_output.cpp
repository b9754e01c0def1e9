// SPDX-License-Identifier: Apache-2.0
#include "batch/embedding_output.h"

#include <sys/stat.h>

#include "cli/failure.h"
#include "cli/signals.h"
#include "sightline/base/format.h"
#include "sightline/embeddings/score_index.h"
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
      report_path_(report),
      checkpoints_(checkpoints),
      has_journal_(format == TableFormat::npy && !needs_row_count(options, format)),
      report_(kind.key),
      last_time_(std::chrono::steady_clock::now()) {
  if (!has_journal_ && checkpoints.resume) fail_usage("--resume needs an .npy output, a file on a disk");
  if (!has_journal_ && checkpoints.given) fail_usage("--checkpoint needs an .npy output, a file on a disk");
  if (checkpoints.resume && !report.empty() && is_direct_path(report))
    fail_usage("--resume needs a report that is a file on a disk");
  in_stage(Stage::output, [&] {
    if (checkpoints_.resume) earlier_ = find_earlier_run();
    if (earlier_ == Earlier::none) open(Leftover::remove);
  });
}

EmbeddingOutput::Earlier EmbeddingOutput::find_earlier_run() {
  std::optional<JournalFile> found =
      JournalFile::open(journal_path_of(resolve_links(options_.path)), options_.force);
  if (!found) return file_exists(options_.path) ? Earlier::published : Earlier::none;
  journal_.emplace(std::move(*found));
  earlier_bytes_ = journal_->read();
  try {
    JournalReader reader(earlier_bytes_, journal_->path());
    while (reader.next(last_)) continue;
  } catch (const Error&) {
    last_ = {};  // the run was killed before its first checkpoint
  }
  if (last_.sequence > 0) return Earlier::journal;
  journal_.reset();
  return Earlier::none;
}

void EmbeddingOutput::open(Leftover leftover) {
  out_ = std::make_unique<OutputFile>(options_.path, options_.force, leftover);
  if (has_journal_) {
    if (leftover == Leftover::remove)
      journal_.emplace(JournalFile::create(journal_path_of(resolve_links(options_.path))));
    index_.emplace(index_path_of(options_.path), kind_.with_index, options_.force, leftover);
    info_.emplace(info_path_of(options_.path), kind_.with_index, options_.force);
    score_index_.emplace(score_index_path_of(options_.path), false, options_.force);
    if (kind_.with_index) index_writer_ = std::make_unique<IndexWriter>(*index_->file());
  }
  report_.open(report_path_, options_.force, leftover);
}

// After the hashes and the sizes of the files are set.
void EmbeddingOutput::start_table() {
  table_ = make_table_writer(
      format_, *out_,
      {options_.dtype == DType::f16, options_.drop_bad, kind_.key, hashes_[kArrayFile].get()});
  if (index_writer_ != nullptr) index_->file()->update_hash(hashes_[kIndexFile].get());
  if (report_.file() != nullptr) report_.file()->update_hash(hashes_[kReportFile].get());
  table_->begin(facts_.columns, options_.drop_bad ? std::nullopt : facts_.rows);
}

bool EmbeddingOutput::begin(RunFacts facts) {
  facts_ = std::move(facts);
  return in_stage(Stage::output, [&] {
    switch (earlier_) {
      case Earlier::journal:
        return continue_run();
      case Earlier::published: {
        const InputCounts counts =
            require_finished_run(facts_, describe(), options_, {kind_.with_index, report_path_});
        report_.continue_after(counts.inputs - counts.skipped, counts.skipped);
        return false;
      }
      case Earlier::none:
        break;
    }
    start_table();
    return true;
  });
}

bool EmbeddingOutput::continue_run() {
  JournalReader reader(earlier_bytes_, journal_->path());
  // The run was begun with a stream, and its list is a file now: the entries so far are compared.
  if (reader.description().value_of("list") == kStreamedList) facts_.rows.reset();
  const RunDescription run = describe_run(facts_, describe(), options_, {kind_.with_index, report_path_});
  require_same_run(reader.description(), run, options_.path);
  const JournalPaths parts = temporary_paths();
  std::string absent;
  for (const std::string& part : parts) {
    if (!part.empty() && !file_exists(part)) absent = part;
  }
  if (!absent.empty()) {
    if (last_.kind != RecordKind::complete) refuse_to_continue(options_.path, absent + " does not exist");
    finish_publication(last_);
    return false;
  }
  std::optional<ResumePoint> point = find_resume_point(reader, parts);
  if (point && point->record.kind == RecordKind::complete) {
    finish_publication(point->record);
    return false;
  }
  open(Leftover::reopen);
  last_ = point ? point->record : JournalRecord{};
  if (point) hashes_ = std::move(point->hashes);
  out_->continue_at(last_.files[kArrayFile].size);
  if (index_writer_ != nullptr) index_->file()->continue_at(last_.files[kIndexFile].size);
  if (report_.file() != nullptr) report_.file()->continue_at(last_.files[kReportFile].size);
  if (point) {
    journal_->continue_after(reader.header(), point->journal_offset, last_.sequence);
  } else {
    journal_->start(run);
  }
  rows_ = last_.rows;
  report_.continue_after(last_.inputs - last_.skipped, last_.skipped);
  start_table();
  return true;
}

// All files of the run are on the disk; some of them may have their final names already.
void EmbeddingOutput::finish_publication(const JournalRecord& record) {
  const JournalPaths finals = paths(), parts = temporary_paths();
  for (std::size_t i = 0; i < finals.size(); ++i) {
    if (finals[i].empty()) continue;
    const std::string& path = file_exists(parts[i]) ? parts[i] : finals[i];
    if (!file_exists(path) || !is_recorded_file(path, record.files[i], static_cast<JournalFileNumber>(i)))
      refuse_to_continue(options_.path, path + " is not the file that the run wrote");
  }
  const std::string& array = file_exists(parts[kArrayFile]) ? parts[kArrayFile] : finals[kArrayFile];
  if (NpyFile::open(array).rows() != record.rows)
    refuse_to_continue(options_.path, array + " has another number of rows");
  const auto rename = [&](const std::string& path) {
    if (!path.empty() && file_exists(temporary_path(path)))
      OutputFile(path, options_.force, Leftover::reopen).commit();
  };
  rename(finals[kIndexFile]);
  if (kind_.with_index) rename(info_path_of(options_.path));
  Companion(score_index_path_of(options_.path), false, options_.force).commit();
  if (!kind_.with_index) {
    Companion(index_path_of(options_.path), false, options_.force).commit();
    Companion(info_path_of(options_.path), false, options_.force).commit();
  }
  rename(finals[kArrayFile]);
  rename(finals[kReportFile]);
  journal_->remove();
  report_.continue_after(record.inputs - record.skipped, record.skipped);
}

JournalPaths EmbeddingOutput::paths() const {
  return {options_.path, kind_.with_index ? index_path_of(options_.path) : "", report_path_};
}

JournalPaths EmbeddingOutput::temporary_paths() const {
  JournalPaths parts = paths();
  for (std::string& part : parts) {
    if (!part.empty()) part = temporary_path(part);
  }
  return parts;
}

EmbeddingsInfo EmbeddingOutput::describe() const {
  EmbeddingsInfo info = facts_.describe();
  info.dtype = options_.dtype == DType::f16 ? "float16" : "float32";
  info.rows = rows_;
  info.width = facts_.columns;
  info.xxh3 = hashes_[kArrayFile]->hex();
  return info;
}

void EmbeddingOutput::check_done(ListHash list) {
  if (is_stream() && done() > 0 && short_hash(list) != last_.list)
    refuse_to_continue(options_.path, "the list of inputs differs");
  list_ = std::move(list);
}

void EmbeddingOutput::add(const ItemStatus& status, const EmbeddingRow& row) {
  writing_ = true;
  const bool good = row.error_class.empty();
  const bool dropped = !good && options_.drop_bad;
  report_.add(status);
  if (!dropped) table_->row({row.label, kind_.key, row.error_class, row.message, row.values});
  if (index_writer_ != nullptr) {
    index_writer_->write({dropped ? std::nullopt : std::optional(rows_), kind_.key, row.label, row.tokens,
                          row.truncated, row.error_class, row.message});
  }
  if (!dropped) ++rows_;
  if (is_stream()) add_input(list_, std::string(row.label));
  writing_ = false;
}

void EmbeddingOutput::end_batch() {
  report_.flush_to_reader();
  out_->flush_to_reader();
  if (!has_journal_ || done() == last_.inputs) return;
  const auto elapsed = std::chrono::steady_clock::now() - last_time_;
  const bool many = checkpoints_.rows > 0 && done() - last_.inputs >= checkpoints_.rows;
  const bool long_ago = checkpoints_.seconds > 0 && elapsed >= std::chrono::seconds(checkpoints_.seconds);
  if (many || long_ago) write_checkpoint(RecordKind::checkpoint);
}

void EmbeddingOutput::write_checkpoint(RecordKind kind) {
  JournalRecord record{.kind = kind, .inputs = done(), .rows = rows_, .skipped = report_.skipped()};
  if (is_stream()) record.list = short_hash(list_);
  record.files[kArrayFile] = {out_->sync(), hashes_[kArrayFile]->digest()};
  if (index_writer_ != nullptr)
    record.files[kIndexFile] = {index_->file()->sync(), hashes_[kIndexFile]->digest()};
  if (report_.file() != nullptr)
    record.files[kReportFile] = {report_.file()->sync(), hashes_[kReportFile]->digest()};
  if (!journal_->is_started())
    journal_->start(describe_run(facts_, describe(), options_, {kind_.with_index, report_path_}));
  if (last_.sequence == 0 && report_.file() != nullptr) sync_folder(folder_of(temporary_path(report_path_)));
  journal_->append(record);
  last_ = record;
  last_.sequence = std::max<std::int64_t>(last_.sequence, 1);
  last_time_ = std::chrono::steady_clock::now();
  keep_files();
}

void EmbeddingOutput::keep_files() {
  out_->keep();
  if (index_writer_ != nullptr) index_->file()->keep();
  if (report_.file() != nullptr) report_.file()->keep();
  journal_->keep();
}

void EmbeddingOutput::publish() {
  in_stage(Stage::output, [&] {
    complete_files();
    if (has_journal_) {
      write_checkpoint(RecordKind::complete);
      if (info_->file() != nullptr) info_->file()->keep();
    }
    commit_files();
  });
}

void EmbeddingOutput::complete_files() {
  table_->finish();
  if (index_) index_->prepare_commit();
  if (info_ && info_->file() != nullptr) write_info(*info_->file(), describe());
  if (info_) info_->prepare_commit();
  if (score_index_) score_index_->prepare_commit();
  out_->prepare_commit();
  report_.prepare_commit();
}

void EmbeddingOutput::commit_files() {
  if (index_) index_->commit();
  if (info_) info_->commit();
  if (score_index_) score_index_->commit();
  out_->commit();
  report_.commit();
  if (journal_) journal_->remove();
}

// Returns a line about what was kept, or "".
std::string EmbeddingOutput::suspend() noexcept {
  try {
    if (has_journal_ && out_ != nullptr && !writing_ && done() > last_.inputs)
      write_checkpoint(RecordKind::checkpoint);
  } catch (...) {  // NOLINT(bugprone-empty-catch): the last checkpoint holds
  }
  try {
    if (last_.inputs == 0) return "";
    std::string line = printable(options_.path) + ".part has " + grouped(last_.rows);
    if (facts_.rows) line += " of " + grouped(*facts_.rows);
    return line + (last_.rows == 1 && !facts_.rows ? " row" : " rows") + "; continue with --resume";
  } catch (...) {
    return "";
  }
}

void EmbeddingOutput::keep_if_interrupted(const ConsoleOptions& console, FunctionRef<void()> work) {
  const auto say = [&](const std::string& line) {
    if (!line.empty()) note(console, line);
  };
  try {
    work();
  } catch (const Failure& failure) {
    if (failure.code() != ErrorCode::no_space && failure.code() != ErrorCode::io) throw;
    const std::string line = suspend();
    if (line.empty()) throw;
    throw Failure(failure.stage(), failure, line);
  } catch (const Interrupted&) {
    say(suspend());
    throw;
  } catch (const std::bad_alloc&) {
    say(suspend());
    throw;
  } catch (const StoppedByItem&) {
    if (last_.sequence > 0) say(suspend());
    throw;
  }
}

bool needs_row_count(const OutputOptions& options, TableFormat format) {
  return format == TableFormat::npy && is_direct_path(options.path);
}

}  // namespace sightline::app
