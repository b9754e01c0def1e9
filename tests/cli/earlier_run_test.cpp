// SPDX-License-Identifier: Apache-2.0
#include "batch/earlier_run.h"

#include <unistd.h>

#include "cli/failure.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::app;
using namespace sightline::testing;

namespace {

/// The message of the refusal of `array`; "" without one.
std::string refusal(const std::string& array) {
  try {
    require_published(array);
    return "";
  } catch (const Failure& failure) {
    CHECK(exit_code(failure.stage(), failure.code()) == kExitLocked);
    return failure.what();
  }
}

/// Leaves the journal of a run whose last record is of this kind.
void leave_journal(const std::string& array, RecordKind kind) {
  JournalFile journal = JournalFile::create(journal_path_of(array));
  RunDescription run;
  run.add("program", "1");
  journal.start(run);
  journal.append({.kind = RecordKind::checkpoint, .inputs = 1, .rows = 1});
  if (kind == RecordKind::complete) journal.append({.kind = kind, .inputs = 2, .rows = 2});
  journal.keep();
}

}  // namespace

TEST_CASE("earlier run: outputs that may not belong together are refused", "[app]") {
  const TempFolder folder;
  const std::string array = folder.write("a.npy", "");
  CHECK(refusal(array).empty());
  leave_journal(array, RecordKind::checkpoint);
  CHECK(refusal(array).empty());
  leave_journal(array, RecordKind::complete);
  CHECK(refusal(array).empty());  // the array is renamed after its index and info file
  folder.write("a.npy.part", "");
  CHECK(refusal(array) == array + ": a run was interrupted while it renamed its outputs");
  REQUIRE(::symlink("a.npy", (folder / "link.npy").c_str()) == 0);
  CHECK_FALSE(refusal(folder / "link.npy").empty());
  folder.write("a.npy.journal", "damaged");
  CHECK(refusal(array).empty());
}
