// SPDX-License-Identifier: Apache-2.0
#include "batch/item_report.h"

#include "cli/failure.h"
#include "sightline/base/format.h"

namespace sightline::app {

std::string item_name(std::string_view path) {
  return path == "-" ? "standard input" : path.empty() ? "''" : printable(path);
}

void report_item(const ItemOptions& items, const ConsoleOptions& console, Progress& progress,
                 const ItemStatus& status) {
  const Outcome& outcome = status.outcome;
  const bool failed = !outcome.ok();
  progress.advance({.skipped = failed, .reused = status.reused, .bytes = status.bytes});
  const bool warned = !outcome.warnings.empty() && console.verbose > 0;
  if (!failed && !warned) return;
  const std::string subject = item_name(status.subject);
  if (failed) {
    progress.clear();
    const std::string line = "sightline: " + error_word(outcome.class_name()) + " " + subject + ": ";
    write_stderr(line + printable(outcome.message) + "\n");
    if (!status.hint.empty()) note(console, status.hint);
    if (items.stop()) throw StoppedByItem{};
  } else {
    progress.clear();
    for (const std::string& warning : outcome.warnings)
      note_warning(console, subject + ": " + printable(warning));
  }
}

int finish_items(const Report& report, const ConsoleOptions& console, std::string_view unit) {
  const std::int64_t total = report.ok() + report.skipped();
  if (report.skipped() > 0) {
    note(console, std::to_string(report.skipped()) + " of " + std::to_string(total) + " " +
                      std::string(unit) + " skipped");
  }
  if (report.ok() == 0) {
    // This explains the exit status, so it is printed with -q, too.
    if (total == 0) write_stderr("sightline: no " + std::string(unit) + " found\n");
    return kExitNoUsableInput;
  }
  return report.skipped() > 0 ? kExitSkipped : kExitSuccess;
}

}  // namespace sightline::app
