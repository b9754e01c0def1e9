#include "companion.h"

#include <filesystem>
#include <system_error>

#include "sightline/base/error.h"

namespace sightline::app {

Companion::Companion(std::string path, bool wanted, bool force) : path_(std::move(path)) {
  if (wanted) {
    file_ = std::make_unique<OutputFile>(path_, force);
  } else if (!force && file_exists(path_)) {
    fail(ErrorCode::locked, path_, "already exists and would describe another array (--no-index)");
  }
}

void Companion::settle() {
  if (file_ != nullptr) file_->settle();
}

void Companion::commit() {
  if (file_ != nullptr) return file_->commit();
  std::error_code error;
  std::filesystem::remove(path_, error);
  if (error) fail(ErrorCode::io, path_, "describes another array and cannot be removed: " + error.message());
}

}  // namespace sightline::app
