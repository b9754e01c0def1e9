// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/function_ref.h"

namespace sightline {

/// What `verify_embeddings` read.
struct VerifiedFiles {
  std::int64_t violations = 0;
  std::int64_t rows = 0, columns = 0;
  std::string dtype;       ///< of the array
  bool has_index = false;  ///< the files that exist
  bool has_info = false;
  bool has_hash = false;  ///< the info file has a hash of the rows
  bool has_report = false;
  bool is_unfinished = false;  ///< files of a run that was stopped exist
};

struct VerifyEvents {
  FunctionRef<void(const Error& violation)> report;
  /// Called now and then with the number of rows since the last call; an exception from it ends the check.
  FunctionRef<void(std::int64_t rows)> advance;
};

/// Checks that an array and the files beside it agree with each other: the header and size of the array, that
/// its values are finite, the lines of the index, everything that the info file states, each record and the
/// summary of the report, and that no file of a stopped run is left. Index and info are optional.
/// `report`: path of the report of the run; "" if there is none. Reads the files in order, in bounded memory.
/// Errors: only those that `events` throw.
VerifiedFiles verify_embeddings(const std::string& array, const std::string& report,
                                const VerifyEvents& events);

}  // namespace sightline
