// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/embeddings/index_file.h"

namespace sightline {

/// Finds single lines of an index file. The rows are in order, so a line is found by bisection, and a few
/// labels cost a few lines, whatever the size of the file. Thread-safety: const = safe to share.
class IndexLookup {
 public:
  /// Maps the file and checks its first and last rows. Errors: those of `MappedFile::open` and `read_index`.
  IndexLookup(const std::string& path, std::int64_t rows);

  /// The entry of `row`, which must be in [0, rows). Errors: those of `read_index`.
  IndexEntry find(std::int64_t row) const;
  /// All entries in the order of the rows. Errors: those of `read_index`.
  std::vector<IndexEntry> read_all() const { return read_index(file_->path(), rows_); }

  /// The hash of the whole file, as in an info file.
  std::string hash() const { return hex_of(hash128(file_->bytes())); }
  const std::string& path() const { return file_->path(); }

 private:
  std::string_view line_at(std::size_t begin) const;
  std::optional<std::int64_t> row_at(std::size_t begin) const;
  std::optional<std::size_t> bisect(std::int64_t row) const;
  std::optional<std::size_t> try_bisect(std::int64_t row) const;

  std::shared_ptr<const MappedFile> file_;
  std::string_view text_;
  std::int64_t rows_;
};

}  // namespace sightline
