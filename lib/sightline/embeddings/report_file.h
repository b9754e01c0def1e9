// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sightline/base/outcome.h"
#include "sightline/embeddings/mapped_lines.h"
#include "sightline/embeddings/report_summary.h"

namespace sightline {

/// The record of one input in a report.
struct ReportRecord {
  std::string label;  ///< exact bytes
  Outcome outcome;    ///< without warnings; may have a class of another version
};

/// Reads a report in the order of its records.
class ReportFile {
 public:
  /// Errors: those of `MappedFile::open`.
  explicit ReportFile(const std::string& path) : lines_(path) {}

  /// The next record; nothing at the summary, which is the last line. Errors: header, type, missing, ... with
  /// the number of the line; mismatch for a wrong `index`; truncated for a report without a summary.
  std::optional<ReportRecord> next();
  /// After the last record. Errors: mismatch if the summary has other counts than the records.
  void check_summary() const;
  /// The place of the last record, for messages.
  std::string place() const { return lines_.place(); }
  const std::string& path() const { return lines_.path(); }

 private:
  void read_summary(std::string_view line);

  MappedLines lines_;
  ReportSummary summary_;
  bool ended_ = false;
  std::int64_t ok_ = 0, skipped_ = 0;
};

}  // namespace sightline
