#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sightline/io/file.h"

namespace sightline {

enum class TableFormat { text, json, jsonl, csv, tsv, npy };

/// From a name ("jsonl") or a file name ("out.npy", ".txt" is text). Errors: usage.
TableFormat table_format(std::string_view name);
TableFormat table_format_of_path(std::string_view path);

/// One row of a table of labelled floats: an image or a text and its vector.
struct TableRow {
  std::string_view label;            ///< path or text, bytes as given
  std::string_view label_key;        ///< "path" or "text"
  std::string_view error_class;      ///< empty when the row is good
  std::string_view message;
  std::span<const float> values;     ///< empty when the row failed
};

/// Writes labelled rows of floats. A new format is a new file and a line in table_writers.cpp.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  virtual void begin(std::int64_t columns) = 0;
  virtual void row(const TableRow& row) = 0;
  /// Writes what must come last; the caller commits the file.
  virtual void finish() = 0;
};

struct TableOptions {
  bool half = false;      ///< npy: float16 rows
  bool drop_bad = false;  ///< npy: failed rows are left out instead of zeros
};

std::unique_ptr<TableWriter> make_table_writer(TableFormat format, OutputFile& out, const TableOptions& options);

}  // namespace sightline
