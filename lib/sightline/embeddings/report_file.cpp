// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/report_file.h"

#include <utility>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/embeddings/json_label.h"

namespace sightline {

std::optional<ReportRecord> ReportFile::next() {
  if (ended_) return std::nullopt;
  const std::optional<std::string_view> text = lines_.next();
  if (!text) fail(ErrorCode::truncated, path(), "has no summary as its last line");
  const JsonDocument document(*text, place());
  const Json line = document.root();
  if (line.find("summary")) {
    read_summary(*text);
    return std::nullopt;
  }
  const std::int64_t index = line.at("index").as_integer(), expected = ok_ + skipped_;
  if (index != expected) {
    fail(ErrorCode::mismatch, place() + ": index",
         "is " + std::to_string(index) + ", expected " + std::to_string(expected));
  }
  ReportRecord record{json_label(line), {}};
  if (line.at("status").as_string() != "ok") {
    const std::string name(line.at("class").as_string());
    if (!name.empty()) record.outcome.error = ErrorClass(name);
    record.outcome.message = line.at("message").as_string();
  }
  ++(record.outcome.ok() ? ok_ : skipped_);
  return record;
}

void ReportFile::read_summary(std::string_view line) {
  ended_ = true;
  summary_.add(line, place());
  if (lines_.next()) fail(ErrorCode::mismatch, place(), "follows the summary, which must be the last line");
}

void ReportFile::check_summary() const {
  const std::pair<std::string_view, std::int64_t> counts[] = {
      {"inputs", ok_ + skipped_}, {"ok", ok_}, {"skipped", skipped_}};
  for (const auto& [key, expected] : counts) {
    const std::optional<std::int64_t> stated = summary_.number(key);
    if (stated == expected) continue;
    fail(ErrorCode::mismatch, path() + ": summary: " + std::string(key),
         "is " + (stated ? std::to_string(*stated) : "missing") + ", expected " + std::to_string(expected));
  }
}

}  // namespace sightline
