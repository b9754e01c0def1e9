// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/index_lookup.h"

#include <cassert>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxScannedBytes = 4096;  // a part of the file that is scanned line by line

}  // namespace

// A damaged line is found by reading the whole file, which reports its number.
std::optional<std::size_t> IndexLookup::try_bisect(std::int64_t row) const {
  try {
    return bisect(row);
  } catch (const Error&) {
    return {};
  }
}

IndexLookup::IndexLookup(const std::string& path, std::int64_t rows)
    : file_(MappedFile::open(path, MappedContent::embeddings)), text_(as_text(file_->bytes())), rows_(rows) {
  // Only a file that is not in order is read as a whole, which reports what is wrong with it.
  if (rows == 0 || !try_bisect(0) || !try_bisect(rows - 1) || try_bisect(rows)) (void)read_all();
}

std::string_view IndexLookup::line_at(std::size_t begin) const {
  return text_.substr(begin, text_.find('\n', begin) - begin);
}

std::optional<std::int64_t> IndexLookup::row_at(std::size_t begin) const {
  return parse_index_line(line_at(begin), file_->path() + ": byte " + std::to_string(begin)).row;
}

/// The start of the line of `row`, or nothing if it is not where the order of the rows demands.
std::optional<std::size_t> IndexLookup::bisect(std::int64_t row) const {
  // The line begins in [low, high), which are starts of lines.
  std::size_t low = 0, high = text_.size();
  while (low < high) {
    std::size_t begin = low;
    if (high - low > kMaxScannedBytes) {
      const std::size_t end_of_line = text_.find('\n', low + (high - low) / 2);
      if (end_of_line < high - 1) begin = end_of_line + 1;
    }
    // Lines of rows that were left out of the array have no number.
    std::size_t next = begin;
    std::optional<std::int64_t> found;
    std::size_t line = begin;
    while (!found && next < high) {
      line = next;
      found = row_at(line);
      next = line + line_at(line).size() + 1;
    }
    if (found == row) return line;
    if (found && *found < row) {
      low = next;
    } else if (begin == low) {
      return {};  // the first row of the part is behind `row`
    } else {
      high = begin;
    }
  }
  return {};
}

IndexEntry IndexLookup::find(std::int64_t row) const {
  assert(row >= 0 && row < rows_);
  if (const std::optional<std::size_t> begin = try_bisect(row))
    return parse_index_line(line_at(*begin), file_->path() + ": byte " + std::to_string(*begin)).entry;
  return read_all().at(static_cast<std::size_t>(row));
}

}  // namespace sightline
