// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/base/hash.h"
#include "sightline/files/file.h"

namespace sightline {

/// Reads the lines of a file in order. The file is mapped, and what was read is released, so that many large
/// files can be read side by side.
class MappedLines {
 public:
  /// Errors: those of `MappedFile::open`.
  explicit MappedLines(const std::string& path);

  /// The next line without its line end; nothing at the end of the file. Valid until the next call.
  std::optional<std::string_view> next();
  /// The hash that each later `next` updates with the bytes of its line, with the line end; null: none. It
  /// must outlive the calls.
  void update_hash(Hash128* hash) { hash_ = hash; }
  /// Whether the line that `next` returned has a line end. Only the last line can lack it.
  bool is_terminated() const { return terminated_; }
  /// The number of the line that `next` returned, from 1.
  std::int64_t number() const { return number_; }
  /// "photos.index.jsonl: line 5", for messages.
  std::string place() const { return path() + ": line " + std::to_string(number_); }
  const std::string& path() const { return file_->path(); }

 private:
  std::shared_ptr<const MappedFile> file_;
  std::size_t offset_ = 0;  ///< of the next line
  std::int64_t number_ = 0;
  bool terminated_ = true;
  Hash128* hash_ = nullptr;
};

}  // namespace sightline
