// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "batch/report.h"
#include "cli/console.h"
#include "cli/options.h"
#include "cli/progress.h"

namespace sightline::app {

/// The name of an input in messages: its path, or "standard input" for "-".
std::string item_name(std::string_view path);

/// Reports the problem of an item on stderr and counts the item. Errors: StoppedByItem.
void report_item(const ItemOptions& items, const ConsoleOptions& console, Progress& progress,
                 const ItemStatus& status);
/// Prints the last line and returns the exit code: 0, 3 if some items were skipped, 4 if no item is left.
int finish_items(const Report& report, const ConsoleOptions& console, std::string_view unit);

}  // namespace sightline::app
