// SPDX-License-Identifier: Apache-2.0
#include "batch/earlier_run.h"

#include <algorithm>
#include <string>
#include <utility>

#include "batch/companion.h"
#include "cli/failure.h"
#include "sightline/base/format.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/score_index.h"
#include "sightline/files/file.h"
#include "sightline/files/publishing.h"

namespace sightline::app {
namespace {

JournalPaths final_paths(const std::string& array, const RunOutputs& outputs) {
  return {array, outputs.with_index ? index_path_of(array) : "", outputs.report};
}

JournalPaths temporary_paths(JournalPaths paths) {
  for (std::string& path : paths) {
    if (!path.empty()) path = temporary_path(path);
  }
  return paths;
}

}  // namespace

void require_published(const std::string& array) {
  const std::string path = journal_path_of(resolve_links(array));
  const auto has_part = [](const std::string& name) { return file_exists(temporary_path(name)); };
  const bool is_waiting = has_part(array) || has_part(index_path_of(array)) || has_part(info_path_of(array));
  if (!is_waiting || !file_exists(path)) return;
  if (last_record_of(path).kind != RecordKind::complete) return;
  throw Failure(Stage::output,
                Error(ErrorCode::locked, array, "a run was interrupted while it renamed its outputs"),
                "complete it with --resume");
}

EarlierRun::EarlierRun(const OutputOptions& output, RunOutputs outputs)
    : output_(output),
      outputs_(std::move(outputs)),
      finals_(final_paths(output_.path, outputs_)),
      parts_(temporary_paths(finals_)) {
  const bool has_journal = find_journal(journal_path_of(resolve_links(output_.path)));
  published_ = !has_journal && !output_.in_place && file_exists(output_.path);
}

// Returns whether there is one, even if it holds nothing.
bool EarlierRun::find_journal(const std::string& path) {
  if (outputs_.keeps_journal && file_exists(path)) {
    // Nothing will be written, so locks are not needed.
    bytes_ = read_file(path, kMaxJournalBytes);
    last_ = last_record_of(bytes_);
    if (is_settled()) return true;
  }
  std::optional<JournalFile> found = JournalFile::open(path, output_.force);
  bytes_.clear();
  if (!found) return false;
  bytes_ = found->read();
  last_ = last_record_of(bytes_);
  lost_rows_ = last_.sequence > 0 && !has_rows();
  if (last_.sequence > 0 && !lost_rows_) {
    journal_.emplace(std::move(*found));
  } else {
    bytes_.clear();
  }
  return true;
}

bool EarlierRun::has_part(JournalFileNumber number) const {
  return !parts_[number].empty() && file_exists(parts_[number]);
}

bool EarlierRun::has_rows() const {
  return has_part(kArrayFile) || (last_.kind == RecordKind::complete && file_exists(finals_[kArrayFile]));
}

/// Whether all outputs of the journal's run have their final names.
bool EarlierRun::is_settled() const {
  return last_.kind == RecordKind::complete && last_.sequence > 0 && has_rows() && !has_part(kArrayFile) &&
         !has_part(kIndexFile) && !has_part(kReportFile);
}

bool EarlierRun::is_stream() const {
  return !bytes_.empty() &&
         JournalReader(bytes_, output_.path).description().value_of("list") == kStreamedList;
}

std::optional<ResumePoint> EarlierRun::resume(const RunFacts& facts, const EmbeddingsInfo& info) {
  if (published_) {
    counts_ = require_finished_run(facts, info, output_, outputs_);
    return std::nullopt;
  }
  run_ = describe_run(facts, info, output_, outputs_);
  return resume_from_journal(facts);
}

std::optional<ResumePoint> EarlierRun::resume_from_journal(const RunFacts& facts) {
  JournalReader reader(bytes_, output_.path);
  require_same_run(reader.description(), run_, output_.path);
  const auto is_absent = [](const std::string& part) { return !part.empty() && !file_exists(part); };
  const auto absent = std::ranges::find_if(parts_, is_absent);
  if (absent != parts_.end()) {
    if (last_.kind != RecordKind::complete)
      refuse_to_continue(output_.path, printable(*absent) + " does not exist");
    finish(last_, facts);
    return std::nullopt;
  }
  std::optional<ResumePoint> point = find_resume_point(reader, parts_);
  if (!point) return ResumePoint{{}, 0, new_journal_hashes()};
  if (point->record.kind != RecordKind::complete) return point;
  finish(point->record, facts);
  return std::nullopt;
}

// All files of the run are on the disk; some of them, or all, have their final names already.
void EarlierRun::finish(const JournalRecord& record, const RunFacts& facts) {
  require_same_inputs(record, facts, output_.path);
  require_files(record);
  if (journal_) publish();
  counts_ = {record.inputs, record.skipped};
}

void EarlierRun::require_files(const JournalRecord& record) const {
  for (std::size_t i = 0; i < finals_.size(); ++i) {
    if (finals_[i].empty()) continue;
    const std::string& path = file_exists(parts_[i]) ? parts_[i] : finals_[i];
    if (!file_exists(path)) refuse_to_continue(output_.path, printable(path) + " does not exist");
    if (!is_recorded_file(path, record.files[i], static_cast<JournalFileNumber>(i)))
      refuse_to_continue(output_.path, printable(path) + " is not the file that the run wrote");
  }
  if (outputs_.with_index) require_info(record);
  const std::string& array = has_part(kArrayFile) ? parts_[kArrayFile] : finals_[kArrayFile];
  if (NpyFile::open(array).rows() != record.rows)
    refuse_to_continue(output_.path, printable(array) + " has another number of rows");
}

void EarlierRun::publish() {
  const bool replaces = output_.replaces_array();
  std::vector<Companion> companions;
  if (outputs_.with_index) {
    for (const std::string& path : {finals_[kIndexFile], info_path_of(output_.path)}) {
      if (file_exists(temporary_path(path))) companions.emplace_back(path, true, replaces, Leftover::reopen);
    }
  } else {
    for (const std::string& path : {index_path_of(output_.path), info_path_of(output_.path)})
      companions.emplace_back(path, false, output_.force);
  }
  companions.emplace_back(score_index_path_of(output_.path), false, replaces);
  std::vector<Companion*> beside;
  for (Companion& companion : companions) beside.push_back(&companion);
  if (has_part(kArrayFile)) {
    OutputFile array(finals_[kArrayFile], replaces, Leftover::reopen);
    commit_array(array, finals_[kArrayFile], beside);
  } else {
    for (Companion* companion : beside) companion->commit();
  }
  if (has_part(kReportFile))
    OutputFile(finals_[kReportFile], output_.replaces_report(), Leftover::reopen).commit();
  if (!outputs_.keeps_journal) journal_->remove();
}

/// The info file has no record, but states the hashes of the rows and the index.
void EarlierRun::require_info(const JournalRecord& record) const {
  const std::string name = info_path_of(output_.path), part = temporary_path(name);
  const std::string& path = file_exists(part) ? part : name;
  bool fits = false;
  try {
    const EmbeddingsInfo info = read_info(path);
    fits = info.xxh3 == hex_of(record.files[kArrayFile].hash);
    if (!info.index_xxh3.empty()) fits &= info.index_xxh3 == hex_of(record.files[kIndexFile].hash);
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): it does not fit
  }
  if (!fits) refuse_to_continue(output_.path, printable(path) + " is not the file that the run wrote");
}

JournalFile EarlierRun::take_journal(std::int64_t last, std::int64_t offset) {
  JournalFile journal = std::move(*journal_);
  journal_.reset();
  if (last == 0) {
    journal.start(run_);
  } else {
    journal.continue_after(JournalReader(bytes_, journal.path()).header(), offset, last);
  }
  return journal;
}

}  // namespace sightline::app
