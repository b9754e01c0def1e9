// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/failure.h"
#include "sightline/base/outcome.h"
#include "sightline/files/file.h"

namespace sightline::app {

/// The status of one input.
struct ItemStatus {
  std::int64_t index = 0;
  std::string_view label;    ///< path or text, as in the outputs
  std::string_view subject;  ///< its name in messages: the path, or the location of the text
  const Outcome& outcome;
  std::string_view hint = {};                    ///< printed as a second line; usually empty
  std::int64_t bytes = 0;                        ///< read for the input
  bool reused = false;                           ///< its row is that of an earlier run
  std::optional<std::string_view> caption = {};  ///< of a pair
};

/// Writes `--report`: JSON Lines, one record per input in input order, and a last one with the counts.
class Report {
 public:
  /// If `path` is "", only counts. `label_key`: "path" or "text". Errors: those of OutputFile.
  Report(const std::string& path, bool force, std::string_view label_key);
  /// The same, opened later.
  explicit Report(std::string_view label_key) : label_key_(label_key) {}
  void open(const std::string& path, bool force, Leftover leftover = Leftover::remove);
  /// Goes on with the counts of an interrupted run, whose lines the file holds.
  void continue_after(std::int64_t ok, std::int64_t skipped);
  /// Refuses a file that another process created during this run. Errors: locked.
  void check_target() const {
    if (out_) out_->check_target();
  }
  /// Null if no report is written.
  OutputFile* file() { return out_ ? &*out_ : nullptr; }

  /// Sets `passed_over` of the summary, a JSON object; without a call, the summary has no such key.
  void set_unsupported_images(std::string json) { unsupported_images_ = std::move(json); }
  /// Sets `clipscore` of the summary, a JSON object.
  void set_clipscore(std::string json) { clipscore_ = std::move(json); }
  /// Sets members of the summary about reused rows: `"reused":1,...`.
  void set_reuse(std::string members) { reuse_ = std::move(members); }
  void add(const ItemStatus& item);
  /// Counts good inputs. Only if no report is written.
  void add_good(std::int64_t count) { ok_ += count; }
  /// Passes complete lines to the reader of a pipe. Call it after each batch.
  void flush_to_reader();
  /// Writes the last line and completes the file; `commit` publishes it. Errors: those of OutputFile.
  void prepare_commit();
  /// Whether the last line may have been written, so that no other can follow.
  bool is_complete() const { return complete_; }
  void commit();

  std::int64_t ok() const { return ok_; }
  std::int64_t skipped() const { return skipped_; }

 private:
  std::optional<OutputFile> out_;
  std::string label_key_, line_, unsupported_images_, clipscore_, reuse_;
  std::int64_t ok_ = 0, skipped_ = 0;
  bool complete_ = false;
};

/// The end of a run's outputs: all are completed before the first is published. `out`: an OutputFile or an
/// EmbeddingOutput. Errors: Failure of Stage::output.
template <class Output>
void publish(Output& out, Report& report) {
  in_stage(Stage::output, [&] {
    out.prepare_commit();
    report.prepare_commit();
    out.commit();
    report.commit();
  });
}

}  // namespace sightline::app
