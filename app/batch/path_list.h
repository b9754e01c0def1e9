// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sightline::app {

/// Divides a list of paths into its entries. The list may be added in pieces of any size.
class PathList {
 public:
  /// `path`: the name of the list in messages. Entries end with LF or CRLF, or with NUL if `null_separated`.
  PathList(std::string path, bool null_separated) : path_(std::move(path)), null_separated_(null_separated) {}

  void add(std::string_view bytes);
  /// Call it after the last piece: the last entry needs no separator.
  void end() { ended_ = true; }
  /// The next entry that is not empty; nullopt if there is none so far. Errors: Failure of Stage::inputs:
  /// header, with the line, for a NUL byte (unless `null_separated`) or a UTF-16 byte order mark; limit for
  /// an unfinished entry above 1 MiB.
  std::optional<std::string> next();

 private:
  std::optional<std::string_view> take();
  bool skip_mark();

  std::string path_;
  bool null_separated_;
  bool started_ = false;  ///< a byte order mark at the start has been skipped
  bool ended_ = false;
  std::string text_;
  std::size_t begin_ = 0, searched_ = 0;  ///< start of the next entry; no separator lies between these two
  std::int64_t number_ = 0;               ///< of the last entry, starting at 1
};

}  // namespace sightline::app
