// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/model_files.h"

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/files/placeholder.h"

namespace sightline {

bool ModelFiles::has(std::string_view name) const {
  if (packed_ == nullptr) return file_exists(join_path(place_, name));
  return packed_->contains(name);
}

std::vector<std::byte> ModelFiles::read(std::string_view name, std::int64_t max_bytes) const {
  if (packed_ == nullptr) return read_model_file(join_path(place_, name), max_bytes);
  if (!packed_->contains(name)) fail(ErrorCode::missing, path(name), "does not exist");
  const ByteView bytes = packed_->document(name);
  if (std::ssize(bytes) > max_bytes) {
    fail(ErrorCode::limit, path(name),
         "has " + std::to_string(bytes.size()) + " bytes, at most " + std::to_string(max_bytes) +
             " are accepted");
  }
  return {bytes.begin(), bytes.end()};
}

std::string ModelFiles::path(std::string_view name) const {
  return packed_ == nullptr ? join_path(place_, name) : place_ + ": " + std::string(name);
}

}  // namespace sightline
