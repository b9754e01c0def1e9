// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/model_files.h"

#include <string>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/files/placeholder.h"

namespace sightline {
namespace {

void check_size(ByteView bytes, std::int64_t max_bytes, const std::string& path) {
  if (std::ssize(bytes) <= max_bytes) return;
  fail(ErrorCode::limit, path,
       "has " + std::to_string(bytes.size()) + " bytes, at most " + std::to_string(max_bytes) +
           " are accepted");
}

}  // namespace

bool ModelFiles::has(std::string_view name) const {
  if (packed_ == nullptr) return file_exists(join_path(place_, name));
  return packed_->contains(name);
}

std::vector<std::byte> ModelFiles::read(std::string_view name, std::int64_t max_bytes) const {
  if (packed_ == nullptr) return read_model_file(join_path(place_, name), max_bytes);
  const ByteView bytes = packed_document(name, max_bytes);
  return {bytes.begin(), bytes.end()};
}

MappedBytes ModelFiles::map(std::string_view name, std::int64_t max_bytes) const {
  if (packed_ != nullptr) return {packed_, packed_document(name, max_bytes)};
  const std::string file = join_path(place_, name);
  const auto mapped = MappedFile::open(file, MappedContent::tokenizer);
  check_size(mapped->bytes(), max_bytes, file);
  check_not_placeholder(mapped->bytes(), file);
  return {mapped, mapped->bytes()};
}

ByteView ModelFiles::packed_document(std::string_view name, std::int64_t max_bytes) const {
  if (!packed_->contains(name)) fail(ErrorCode::missing, path(name), "does not exist");
  const ByteView bytes = packed_->document(name);
  check_size(bytes, max_bytes, path(name));
  return bytes;
}

std::string ModelFiles::path(std::string_view name) const {
  return packed_ == nullptr ? join_path(place_, name) : place_ + ": " + std::string(name);
}

}  // namespace sightline
