// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/verify.h"

#include <optional>
#include <string>
#include <vector>

#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/journal.h"
#include "sightline/embeddings/journal_file.h"
#include "sightline/embeddings/mapped_lines.h"
#include "sightline/embeddings/report_file.h"
#include "sightline/embeddings/resume_point.h"
#include "sightline/embeddings/row_check.h"
#include "sightline/embeddings/stored_rows.h"
#include "sightline/files/publishing.h"

namespace sightline {
namespace {

constexpr std::int64_t kRowsPerAdvance = 1024;

std::string quantity(std::int64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

class Verifier {
 public:
  Verifier(const std::string& path, const std::string& report_path, const VerifyEvents& events)
      : path_(path), name_(described_name(path)), report_path_(report_path), events_(events) {}

  VerifiedFiles run() {
    find_unfinished();
    read_info_file();
    attempt([&] { rows_.emplace(path_, info_ ? info_->normalized : false); });
    if (!rows_) return result_;
    result_.rows = rows_->array().rows();
    result_.columns = rows_->array().columns();
    result_.dtype = rows_->array().dtype();
    if (info_) attempt([&] { check_info(*info_, info_path_of(name_), rows_->array()); });
    open_lists();
    while (compare_next_line()) {
    }
    while (rows_->next() < result_.rows) check_row(std::nullopt);
    check_hash();
    return result_;
  }

 private:
  /// Runs a step that may find a violation. Returns whether it found none.
  template <class Step>
  bool attempt(Step step) {
    try {
      step();
      return true;
    } catch (const Error& violation) {
      ++result_.violations;
      events_.report(violation);
      return false;
    }
  }

  void find_unfinished() {
    std::vector<std::string> parts;
    std::string journal;
    attempt([&] {
      parts = {temporary_path(path_), temporary_path(index_path_of(name_)),
               temporary_path(info_path_of(name_))};
      if (!report_path_.empty()) parts.push_back(temporary_path(report_path_));
      journal = journal_path_of(resolve_links(path_));
    });
    const auto report_if_found = [&](const std::string& name) {
      if (!file_exists(name)) return;
      result_.is_unfinished = true;
      attempt([&] { fail(ErrorCode::mismatch, name, "exists, so a run is unfinished or still writing"); });
    };
    for (const std::string& name : parts) report_if_found(name);
    // The journal of a run without an info file may stay (--no-index with --resume).
    bool is_complete = false;
    if (!result_.is_unfinished && !journal.empty() && file_exists(journal)) {
      attempt([&] {
        const JournalRecord record = last_record_of(journal);
        is_complete = record.kind == RecordKind::complete;
        if (is_complete && !is_recorded_file(path_, record.files[kArrayFile], kArrayFile))
          fail(ErrorCode::corrupt, path_, "is not the array that " + journal + " states");
      });
    }
    if (!is_complete) report_if_found(journal);
  }

  void read_info_file() {
    result_.has_info = file_exists(info_path_of(name_));
    if (!result_.has_info) return;
    attempt([&] { info_ = read_info(info_path_of(name_)); });
    result_.has_hash = info_ && !info_->xxh3.empty();
  }

  void open_lists() {
    const std::string index_path = index_path_of(name_);
    result_.has_index = file_exists(index_path);
    result_.has_report = !report_path_.empty();
    if (result_.has_index) {
      attempt([&] {
        index_.emplace(index_path);
        index_->update_hash(&index_hash_);
      });
    }
    if (result_.has_report) attempt([&] { report_.emplace(report_path_); });
  }

  /// Compares the next index line with the next record of the report and the next row. Returns whether there
  /// may be more lines.
  bool compare_next_line() {
    const std::optional<IndexLine> line = next_line();
    const std::optional<ReportRecord> record = next_record();
    if (line && info_) attempt([&] { compare_with_info(*line); });
    if (line && record) attempt([&] { compare(*line, *record); });
    if (line && line->row) check_row(!line->entry.outcome.ok());
    if (index_ && report_ && line.has_value() != record.has_value()) {
      attempt([&] {
        const std::string& shorter = line ? report_->path() : index_->path();
        fail(ErrorCode::mismatch, shorter,
             "ends after " + quantity(inputs_, "input") + ", before " +
                 (line ? index_path_of(name_) : report_path_));
      });
      drop_lists();
    }
    if (line || record) {
      ++inputs_;
      return true;
    }
    check_ends();
    return false;
  }

  std::optional<IndexLine> next_line() {
    if (!index_) return std::nullopt;
    std::optional<IndexLine> line;
    const bool good = attempt([&] {
      const std::optional<std::string_view> text = index_->next();
      if (!text) return;
      line = parse_index_line(*text, index_->place());
      if (!line->row) return;
      const std::int64_t expected = rows_->next();
      if (*line->row != expected) {
        fail(ErrorCode::mismatch, index_->place() + ": row",
             "is " + std::to_string(*line->row) + ", expected " + std::to_string(expected));
      }
      if (expected == result_.rows) {
        fail(
            ErrorCode::mismatch, index_->place(),
            "describes row " + std::to_string(expected) + ", but the array has " + quantity(expected, "row"));
      }
    });
    if (good) return line;
    drop_lists();  // the following lines cannot be assigned to rows
    return std::nullopt;
  }

  std::optional<ReportRecord> next_record() {
    if (!report_) return std::nullopt;
    std::optional<ReportRecord> record;
    if (!attempt([&] { record = report_->next(); })) drop_lists();
    return record;
  }

  void drop_lists() {
    index_.reset();
    report_.reset();
  }

  void compare_with_info(const IndexLine& line) const {
    const bool failed = !line.entry.outcome.ok();
    if (failed && info_->drop_bad && *info_->drop_bad == line.row.has_value()) {
      fail(ErrorCode::mismatch, index_->place() + ": row",
           line.row ? "exists, but the info file states that failed inputs are left out"
                    : "is null, but the info file states that failed inputs have rows");
    }
    if (!line.row && !failed)
      fail(ErrorCode::mismatch, index_->place() + ": row", "is null, but the input is good");
    if (line.file && info_->full_index == false)
      fail(ErrorCode::mismatch, index_->place(), "is full, but the info file states a plain index");
  }

  void compare(const IndexLine& line, const ReportRecord& record) const {
    const auto check = [&](std::string_view key, std::string_view stated, std::string_view expected) {
      if (stated != expected)
        fail(ErrorCode::mismatch, report_->place() + ": " + std::string(key),
             "differs from " + index_->place());
    };
    check("path or text", record.label, line.entry.label);
    check("class", record.outcome.class_name(), line.entry.outcome.class_name());
    check("message", record.outcome.message, line.entry.outcome.message);
  }

  void check_row(std::optional<bool> failed) {
    if (rows_->next() % kRowsPerAdvance == 0) events_.advance(rows_->next() == 0 ? 0 : kRowsPerAdvance);
    attempt([&] { rows_->check(failed); });
  }

  void check_ends() {
    if (index_ && rows_->next() < result_.rows) {
      attempt([&] {
        fail(ErrorCode::mismatch, index_->path(),
             "describes " + quantity(rows_->next(), "row") + ", but the array has " +
                 std::to_string(result_.rows));
      });
    }
    if (index_ && info_)
      attempt([&] { check_index_hash(index_->path(), index_hash_.hex(), info_->index_xxh3); });
    const std::optional<std::int64_t> inputs = expected_inputs();
    if (index_ && inputs && *inputs != inputs_) {
      attempt([&] {
        fail(ErrorCode::mismatch, index_->path(),
             "has " + quantity(inputs_, "line") + ", but the shard has " + quantity(*inputs, "input"));
      });
    }
    if (report_) attempt([&] { report_->check_summary(); });
  }

  std::optional<std::int64_t> expected_inputs() const {
    if (!info_ || !info_->shard) return std::nullopt;
    return info_->shard->own_inputs();
  }

  void check_hash() {
    if (!result_.has_hash || info_->xxh3 == rows_->hash()) return;
    attempt([&] {
      fail(ErrorCode::corrupt, path_,
           "has rows with the hash " + rows_->hash() + ", but its info file has " + info_->xxh3);
    });
  }

  const std::string& path_;
  std::string name_;  ///< `described_name`
  const std::string& report_path_;
  const VerifyEvents& events_;
  VerifiedFiles result_;
  std::optional<EmbeddingsInfo> info_;
  std::optional<RowCheck> rows_;
  std::optional<MappedLines> index_;
  Hash128 index_hash_;  ///< of the lines that were read
  std::optional<ReportFile> report_;
  std::int64_t inputs_ = 0;  ///< number of index lines and records that were compared
};

}  // namespace

VerifiedFiles verify_embeddings(const std::string& array, const std::string& report,
                                const VerifyEvents& events) {
  return Verifier(array, report, events).run();
}

}  // namespace sightline
