// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "batch/embedding_output.h"
#include "cli/console.h"
#include "cli/options.h"
#include "sightline/embeddings/stored_inputs.h"

namespace sightline::app {

/// The array whose rows `--update` uses; "" without the option, or if the output, which would be updated,
/// does not exist. Sets `output.in_place`. Errors: usage for an output that is not an .npy file, also with
/// `--index full`, and for `--index plain`.
std::string array_to_update(const UpdateOptions& update, OutputOptions& output, TableFormat format);

/// The files of that array, which no output may replace; none if the output itself is updated.
std::vector<std::string> files_to_update(const std::string& array, const OutputOptions& output);

/// The rows of an earlier run that a run uses again, and their number.
class UpdateRun {
 public:
  /// `array`: that of the earlier run; "" if there is none. Opens it, and counts the inputs that `out` has
  /// done already. Errors: Failure of Stage::inputs if it is damaged, or if its rows are not those that this
  /// run would compute.
  UpdateRun(const std::string& array, bool strict, const EmbeddingOutput& out, const ConsoleOptions& console);

  /// Null if there is no array.
  const StoredInputs* stored() const { return stored_.get(); }
  /// Adds a good or failed input.
  void add(std::string_view label, const std::optional<InputFile>& file, bool good, bool reused);
  /// Refuses to replace the array by one without a good row, as for a folder that is not mounted, unless
  /// --force was given. Errors: Failure of Stage::inputs (missing).
  void require_rows(const OutputOptions& output) const;
  /// Members of the report's summary: `"reused":7,"encoded":2,"gone":1`.
  std::string summary() const;
  /// Prints the same in words.
  void print(const ConsoleOptions& console) const;

 private:
  void add_done(const IndexLine& line);
  std::optional<std::int64_t> gone() const;

  std::unique_ptr<StoredInputs> stored_;
  std::optional<GoneRows> gone_;  ///< nothing if other shards may have the inputs
  std::int64_t reused_ = 0, encoded_ = 0;
};

}  // namespace sightline::app
