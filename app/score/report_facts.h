// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "cli/option.h"
#include "score/score_run.h"

namespace sightline::app {

/// What the head of a report states.
struct ReportSubject {
  const ScoreOptions& options;
  const CommandLine& line;  ///< the options that were given
  const Model& model;
  std::optional<std::int64_t> images;  ///< nothing if the number is not known yet
  const QuerySide& queries;
};

/// Names and values for the head. The date is that of $SOURCE_DATE_EPOCH, if it is set, else the current one.
/// Errors: Failure of Stage::model.
ReportFacts report_facts(const ReportSubject& subject);

/// A line on stderr if a report of `bytes` is large for a browser.
void note_large_report(const ScoreOptions& options, std::int64_t bytes);

}  // namespace sightline::app
