// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/files/file.h"

namespace sightline {

/// "photos.index.jsonl" for "photos.npy": the labels of the rows of an .npy file, one JSON object a line.
std::string index_path_of(std::string_view npy_path);

/// One line of an index. Views need to live until `write` returns.
struct IndexRow {
  std::optional<std::int64_t>
      row;                     ///< of the array; nothing when the row was left out of it (null in the file)
  std::string_view label_key;  ///< "path" or "text"
  std::string_view label;      ///< bytes as given; those that are not UTF-8 come back exactly (`_b64`)
  std::optional<std::int64_t> tokens;  ///< of a text, with start and end
  bool truncated = false;              ///< of a text: it was cut
  std::string_view error_class;        ///< empty when the row is good
  std::string_view message;
};

/// Writes index lines; the caller commits the file.
class IndexWriter {
 public:
  explicit IndexWriter(OutputFile& out) : out_(out) {}
  void write(const IndexRow& row);

 private:
  OutputFile& out_;
  std::string line_;
};

/// What an index says of one row of the array.
struct IndexEntry {
  std::string label;        ///< bytes as they were given
  std::string error_class;  ///< of a row that was skipped; empty when it is good
  std::string message;
  bool truncated = false;
};

/// The entries of an index file in the order of the array's rows; lines of left-out rows are passed over.
/// Errors: those of `read_file`; header, type, missing, range, duplicate with the number of the line;
/// mismatch when the rows are not 0 to `rows` - 1 in order.
std::vector<IndexEntry> read_index(const std::string& path, std::int64_t rows);

}  // namespace sightline
