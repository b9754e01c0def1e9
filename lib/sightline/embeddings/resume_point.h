// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sightline/embeddings/journal.h"

namespace sightline {

/// The paths of the files of a run, in the order of a record; "" for a file that the run does not write.
using JournalPaths = std::array<std::string, kJournalFiles>;
/// The hashes of these files, to be continued; of the array, that of its rows.
using JournalHashes = std::array<std::unique_ptr<Hash128>, kJournalFiles>;
JournalHashes new_journal_hashes();

/// The state from which a run can be continued.
struct ResumePoint {
  JournalRecord record;
  std::int64_t journal_offset = 0;  ///< behind the record
  JournalHashes hashes;
};

/// The last record such that the files contain what it states. The records up to it are compared with the
/// files in one pass over both. Returns nothing if not even the first one holds. Errors: io; missing for a
/// file that does not exist.
std::optional<ResumePoint> find_resume_point(JournalReader& journal, const JournalPaths& paths);

/// Whether the file has exactly the recorded bytes. Errors: io, missing.
bool is_recorded_file(const std::string& path, const RecordedFile& recorded, JournalFileNumber number);

}  // namespace sightline
