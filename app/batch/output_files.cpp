// SPDX-License-Identifier: Apache-2.0
#include "batch/output_files.h"

#include <vector>

#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/score_index.h"

namespace sightline::app {

OutputFiles::OutputFiles(const OutputOptions& output, RunOutputs outputs, bool has_journal, Report& report)
    : output_(output), outputs_(std::move(outputs)), has_journal_(has_journal), report_(report) {}

void OutputFiles::open() {
  table_ = std::make_unique<OutputFile>(output_.path, output_.replaces_array());
  if (has_journal_) journal_.emplace(new_journal(output_.path));
  open_companions(Leftover::remove);
  update_hashes();
}

void OutputFiles::reopen() {
  table_ = std::make_unique<OutputFile>(output_.path, output_.replaces_array(), Leftover::reopen);
  open_companions(Leftover::reopen);
}

void OutputFiles::open_companions(Leftover leftover) {
  if (has_journal_) {
    index_.emplace(index_path_of(output_.path), outputs_.with_index, output_.replaces_array(), leftover);
    info_.emplace(info_path_of(output_.path), outputs_.with_index, output_.replaces_array(), leftover);
    score_index_.emplace(score_index_path_of(output_.path), false, output_.replaces_array());
  }
  report_.open(outputs_.report, output_.replaces_report(), leftover);
}

std::array<OutputFile*, kJournalFiles> OutputFiles::recorded() {
  return {table_.get(), index_ ? index_->file() : nullptr, report_.file()};
}

void OutputFiles::update_hashes() {
  const auto files = recorded();
  for (const JournalFileNumber i : {kIndexFile, kReportFile}) {
    if (has_journal_ && files[i] != nullptr) files[i]->update_hash(hashes_[i].get());
  }
}

void OutputFiles::continue_at(ResumePoint point) {
  const auto files = recorded();
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i] != nullptr) files[i]->continue_at(point.record.files[i].size);
  }
  if (info_->file() != nullptr) info_->file()->continue_at(0);  // it is written at the end
  hashes_ = std::move(point.hashes);
  update_hashes();
}

std::array<RecordedFile, kJournalFiles> OutputFiles::sync() {
  std::array<RecordedFile, kJournalFiles> result = {};
  const auto files = recorded();
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i] != nullptr) result[i] = {files[i]->sync(), hashes_[i]->digest()};
  }
  return result;
}

void OutputFiles::keep() {
  for (OutputFile* file : recorded()) {
    if (file != nullptr) file->keep();
  }
  if (info_->file() != nullptr) info_->file()->keep();
  journal_->keep();
}

void OutputFiles::check_targets() const {
  for (const std::optional<Companion>* companion : {&index_, &info_, &score_index_}) {
    if (*companion) (*companion)->check_target();
  }
  table_->check_target();
  report_.check_target();
}

void OutputFiles::complete(FunctionRef<EmbeddingsInfo()> describe) {
  if (index_) index_->prepare_commit();
  if (info_ && info_->file() != nullptr) write_info(*info_->file(), describe());
  if (info_) info_->prepare_commit();
  if (score_index_) score_index_->prepare_commit();
  table_->prepare_commit();
  report_.prepare_commit();
}

void OutputFiles::commit() {
  std::vector<Companion*> companions;
  for (std::optional<Companion>* companion : {&index_, &info_, &score_index_}) {
    if (*companion) companions.push_back(&**companion);
  }
  commit_array(*table_, output_.path, companions);
  report_.commit();
  if (journal_ && !outputs_.keeps_journal) journal_->remove();
}

}  // namespace sightline::app
