// SPDX-License-Identifier: Apache-2.0
#include "batch/earlier_run.h"

#include <string>
#include <utility>

#include "batch/companion.h"
#include "cli/failure.h"
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

/// Number 0 if the run was killed before its first checkpoint.
JournalRecord last_record(ByteView journal, const std::string& path) {
  JournalRecord last;
  try {
    JournalReader reader(journal, path);
    while (reader.next(last)) continue;
  } catch (const Error&) {
    return {};
  }
  return last;
}

}  // namespace

void require_published(const std::string& array) {
  constexpr std::int64_t kMaxJournalBytes = 1 << 30;
  const std::string path = journal_path_of(resolve_links(array));
  if (!file_exists(path)) return;
  if (last_record(read_file(path, kMaxJournalBytes), path).kind != RecordKind::complete) return;
  throw Failure(Stage::output,
                Error(ErrorCode::locked, array, "a run was interrupted while it renamed its outputs"),
                "complete it with --resume");
}

EarlierRun::EarlierRun(const OutputOptions& output, RunOutputs outputs)
    : output_(output), outputs_(std::move(outputs)) {
  std::optional<JournalFile> found =
      JournalFile::open(journal_path_of(resolve_links(output_.path)), output_.force);
  if (!found) {
    published_ = !output_.in_place && file_exists(output_.path);
    return;
  }
  bytes_ = found->read();
  last_ = last_record(bytes_, found->path());
  if (last_.sequence > 0) journal_.emplace(std::move(*found));
}

bool EarlierRun::is_stream() const {
  return journal_ && JournalReader(bytes_, journal_->path()).description().value_of("list") == kStreamedList;
}

std::optional<ResumePoint> EarlierRun::resume(const RunFacts& facts, const EmbeddingsInfo& info) {
  if (published_) {
    counts_ = require_finished_run(facts, info, output_, outputs_);
    return std::nullopt;
  }
  run_ = describe_run(facts, info, output_, outputs_);
  return resume_from_journal();
}

std::optional<ResumePoint> EarlierRun::resume_from_journal() {
  JournalReader reader(bytes_, journal_->path());
  require_same_run(reader.description(), run_, output_.path);
  const JournalPaths parts = temporary_paths(final_paths(output_.path, outputs_));
  std::string absent;
  for (const std::string& part : parts) {
    if (!part.empty() && !file_exists(part)) absent = part;
  }
  if (!absent.empty()) {
    if (last_.kind != RecordKind::complete) refuse_to_continue(output_.path, absent + " does not exist");
    finish_publication(last_);
    return std::nullopt;
  }
  std::optional<ResumePoint> point = find_resume_point(reader, parts);
  if (!point) return ResumePoint{{}, 0, new_journal_hashes()};
  if (point->record.kind != RecordKind::complete) return point;
  finish_publication(point->record);
  return std::nullopt;
}

// All files of the run are on the disk; some of them may have their final names already.
void EarlierRun::finish_publication(const JournalRecord& record) {
  const JournalPaths finals = final_paths(output_.path, outputs_), parts = temporary_paths(finals);
  for (std::size_t i = 0; i < finals.size(); ++i) {
    if (finals[i].empty()) continue;
    const std::string& path = file_exists(parts[i]) ? parts[i] : finals[i];
    if (!file_exists(path) || !is_recorded_file(path, record.files[i], static_cast<JournalFileNumber>(i)))
      refuse_to_continue(output_.path, path + " is not the file that the run wrote");
  }
  if (outputs_.with_index) require_info(record);
  const std::string& array = file_exists(parts[kArrayFile]) ? parts[kArrayFile] : finals[kArrayFile];
  if (NpyFile::open(array).rows() != record.rows)
    refuse_to_continue(output_.path, array + " has another number of rows");
  const auto rename = [&](const std::string& path) {
    const bool replaces = path == outputs_.report ? output_.replaces_report() : output_.replaces_array();
    if (!path.empty() && file_exists(temporary_path(path)))
      OutputFile(path, replaces, Leftover::reopen).commit();
  };
  rename(finals[kIndexFile]);
  if (outputs_.with_index) rename(info_path_of(output_.path));
  Companion(score_index_path_of(output_.path), false, output_.replaces_array()).commit();
  if (!outputs_.with_index) {
    Companion(index_path_of(output_.path), false, output_.force).commit();
    Companion(info_path_of(output_.path), false, output_.force).commit();
  }
  rename(finals[kArrayFile]);
  rename(finals[kReportFile]);
  journal_->remove();
  counts_ = {record.inputs, record.skipped};
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
  if (!fits) refuse_to_continue(output_.path, path + " is not the file that the run wrote");
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
