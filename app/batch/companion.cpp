// SPDX-License-Identifier: Apache-2.0
#include "batch/companion.h"

#include <filesystem>
#include <system_error>

#include "sightline/base/error.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/score_index.h"
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

void Companion::prepare_commit() {
  if (file_ != nullptr) return file_->prepare_commit();
  require_absent();
}

void Companion::commit() {
  if (file_ != nullptr) return file_->commit();
  if (!force_) return;
  std::error_code error;
  std::filesystem::remove(path_, error);
  if (error) fail(ErrorCode::io, path_, "describes another array and cannot be removed: " + error.message());
}

JournalFile new_journal(const std::string& array) {
  return JournalFile::create(journal_path_of(resolve_links(array)));
}

std::vector<std::string> output_names(const std::string& output, TableFormat format,
                                      const std::string& report) {
  std::vector<std::string> names = {output, report};
  if (format == TableFormat::npy && !is_stdout(output)) {
    names.insert(names.end(), {index_path_of(output), info_path_of(output), score_index_path_of(output),
                               journal_path_of(output)});
  }
  return names;
}

}  // namespace sightline::app
