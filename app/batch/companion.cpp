// SPDX-License-Identifier: Apache-2.0
#include "batch/companion.h"

#include <filesystem>
#include <system_error>

#include "sightline/base/error.h"
#include "sightline/files/publishing.h"

namespace sightline::app {

Companion::Companion(std::string path, bool enabled, bool force, Leftover leftover)
    : path_(std::move(path)), force_(force) {
  if (enabled) {
    file_ = std::make_unique<OutputFile>(path_, force, leftover);
  } else {
    require_absent();
    remove_stale(temporary_path(path_), path_);
  }
}

void Companion::require_absent() const {
  if (!force_ && file_exists(path_))
    fail(ErrorCode::locked, path_, "already exists and would describe another array");
}

void Companion::check_target() const { file_ != nullptr ? file_->check_target() : require_absent(); }

void Companion::prepare_commit() {
  if (file_ != nullptr) return file_->prepare_commit();
  require_absent();
}

void Companion::commit() {
  if (file_ != nullptr) return file_->commit();
  remove_existing();
}

void Companion::remove_existing() const {
  if (file_ == nullptr && !force_) return;
  std::error_code error;
  std::filesystem::remove(file_ != nullptr ? resolve_links(path_) : path_, error);
  if (error) fail(ErrorCode::io, path_, "describes another array and cannot be removed: " + error.message());
}

void commit_array(OutputFile& array, const std::string& path, std::span<Companion* const> companions) {
  const bool replaces = file_exists(path);
  const auto commit_companions = [&] {
    for (Companion* companion : companions) companion->commit();
  };
  if (replaces) {
    for (const Companion* companion : companions) companion->remove_existing();
  } else {
    commit_companions();
  }
  array.commit();
  if (replaces) commit_companions();
}

JournalFile new_journal(const std::string& array) {
  return JournalFile::create(journal_path_of(resolve_links(array)));
}

}  // namespace sightline::app
