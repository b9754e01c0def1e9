// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/hash.h"
#include "sightline/base/outcome.h"
#include "sightline/files/file.h"

namespace sightline {

/// "photos.index.jsonl" for "photos.npy": the labels of the rows of an .npy file, one JSON object per line.
std::string index_path_of(std::string_view npy_path);

/// The file that an input was read from: a later run takes the row of an input that has not changed.
struct InputFile {
  std::int64_t size = 0;                 ///< bytes
  std::optional<std::int64_t> mtime_ns;  ///< as in FileStamp; empty for a member of an archive
  Digest128 xxh3{};                      ///< `hash128` of its bytes
  bool operator==(const InputFile&) const = default;
};

/// One line of an index file. Views must remain valid until `write` returns.
struct IndexRow {
  std::optional<std::int64_t>
      row;                     ///< row of the array; empty if the row was left out of it (null in the file)
  std::string_view label_key;  ///< "path" or "text"
  std::string_view label;      ///< exact bytes; labels that are not UTF-8 are stored exactly as well (`_b64`)
  std::optional<std::int64_t> tokens;  ///< number of tokens of a text, including the start and end tokens
  bool truncated = false;              ///< the text was truncated
  const Outcome& outcome;              ///< its warnings are written only in full lines
  bool full = false;
  std::optional<InputFile> file = {};  ///< written only in full lines
};

/// Writes the lines of an index file; the caller commits the file.
class IndexWriter {
 public:
  explicit IndexWriter(OutputFile& out) : out_(out) {}
  void write(const IndexRow& row);

 private:
  OutputFile& out_;
  std::string line_;
};

/// What an index file states about one row of the array.
struct IndexEntry {
  std::string label;  ///< exact bytes
  Outcome outcome;    ///< may have a class of another version; only full lines have warnings
  bool truncated = false;
};

/// A line of an index file.
struct IndexLine {
  std::optional<std::int64_t> row;  ///< empty if the row was left out of the array
  IndexEntry entry;
  std::optional<InputFile> file = {};  ///< only in full lines
};

/// Errors: header, type, missing, range, duplicate, limit, with `subject`.
IndexLine parse_index_line(std::string_view text, const std::string& subject);

/// Reads the entries of an index file in the order of the array's rows; lines for omitted rows are skipped.
/// Errors: those of `read_file`; header, type, missing, range, duplicate with the number of the line;
/// mismatch if the rows are not 0 to `rows` - 1 in order.
std::vector<IndexEntry> read_index(const std::string& path, std::int64_t rows);

}  // namespace sightline
