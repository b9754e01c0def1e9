// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sightline/base/outcome.h"
#include "sightline/files/file.h"

namespace sightline {

class Hash128;

/// The output formats; see docs/cli.md, section Output forms.
enum class TableFormat { text, json, jsonl, csv, tsv, npy, html };

/// One row of a table of labelled floats: an image or a text and its vector. Views must remain valid until
/// `row` returns.
struct TableRow {
  std::string_view label;         ///< path or text, exact bytes
  std::string_view label_key;     ///< "path" or "text"
  const Outcome& outcome;         ///< of the input
  std::span<const float> values;  ///< empty if the row failed
};

/// Writes labelled rows of floats. Call `begin`, then `row` in input order, then `finish`. To add a format,
/// write a new file and list it in table_writers.cpp.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  /// If `rows` is given, an .npy output can be written to a pipe row by row; otherwise its rows are held in
  /// memory until `finish`.
  /// An .npy output that already holds a header and whole rows (`OutputFile::continue_at`) is continued
  /// behind them. Errors: mismatch if it holds anything else.
  virtual void begin(std::int64_t columns, std::optional<std::int64_t> rows = std::nullopt) = 0;
  /// Errors: mismatch if a valid row does not have `columns` values; those of OutputFile.
  virtual void row(const TableRow& row) = 0;
  /// Writes the end of the output; the caller commits the file. Errors: mismatch if the number of rows
  /// differs from the one passed to `begin`.
  virtual void finish() = 0;
};

struct TableOptions {
  bool half = false;      ///< npy: write float16 rows
  bool drop_bad = false;  ///< npy, csv, tsv: omit failed rows instead of writing zeros (npy) or empty fields
  std::string_view label_key = "path";  ///< csv, tsv: name of the label column in the header line
  Hash128* rows_hash = nullptr;         ///< npy: receives the bytes of the rows in the order of the file
};

/// One entry of the table of formats in table_writers.cpp.
struct TableFormatInfo {
  std::string_view name;       ///< "jsonl"
  std::string_view extension;  ///< of its files, including the dot
  TableFormat format;
  /// Null: rankings only (`make_ranking_writer`).
  std::unique_ptr<TableWriter> (*make_writer)(OutputFile& out, const TableOptions& options);
};
std::span<const TableFormatInfo> table_formats();

/// Errors: usage for the text format, which does not hold embeddings.
std::unique_ptr<TableWriter> make_table_writer(TableFormat format, OutputFile& out,
                                               const TableOptions& options);

}  // namespace sightline
