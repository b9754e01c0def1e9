// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sightline/files/file.h"

namespace sightline {

/// The forms of docs/cli.md, section Output forms.
enum class TableFormat { text, json, jsonl, csv, tsv, npy };

/// One row of a table of labelled floats: an image or a text and its vector. Views need to live until `row`
/// returns.
struct TableRow {
  std::string_view label;        ///< path or text, bytes as given
  std::string_view label_key;    ///< "path" or "text"
  std::string_view error_class;  ///< empty when the row is good
  std::string_view message;
  std::span<const float> values;  ///< empty when the row failed
};

/// Writes labelled rows of floats: begin, rows in input order, finish. A new format is a new file and a line
/// in table_writers.cpp.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  /// `rows`, when known, lets an .npy go to a pipe row by row; otherwise its rows are held back until
  /// `finish`.
  virtual void begin(std::int64_t columns, std::optional<std::int64_t> rows = std::nullopt) = 0;
  /// Errors: mismatch when a good row has not `columns` values; those of OutputFile.
  virtual void row(const TableRow& row) = 0;
  /// Writes what must come last; the caller commits the file. Errors: mismatch when the rows are not as many
  /// as `begin` was told.
  virtual void finish() = 0;
};

struct TableOptions {
  bool half = false;      ///< npy: float16 rows
  bool drop_bad = false;  ///< npy, csv, tsv: failed rows are left out instead of zeros (npy) or empty fields
  std::string_view label_key = "path";  ///< csv, tsv: what the header line calls the labels
};

/// One line of the table of forms, in table_writers.cpp.
struct TableFormatInfo {
  std::string_view name;       ///< "jsonl"
  std::string_view extension;  ///< of its files, with the dot
  TableFormat format;
  /// Null: rankings only (`make_ranking_writer`).
  std::unique_ptr<TableWriter> (*make_writer)(OutputFile& out, const TableOptions& options);
};
std::span<const TableFormatInfo> table_formats();
/// By the extension of a file name, none when it is unknown.
std::optional<TableFormat> table_format_of_path(std::string_view path);

/// Errors: usage for text, which is a form for people, and embeddings are not.
std::unique_ptr<TableWriter> make_table_writer(TableFormat format, OutputFile& out,
                                               const TableOptions& options);

}  // namespace sightline
