// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cli/options.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/journal.h"
#include "sightline/embeddings/list_hash.h"

namespace sightline::app {

/// Raised when the rows that a version computes differ from those of earlier ones.
inline constexpr std::int64_t kComputationVersion = 1;

/// An input as it is compared with that of an earlier run.
struct RunInput {
  std::string label;
  std::optional<FileStamp> archive = {};  ///< that of the archive that it is in
};

/// What a run knows about its inputs and computation once the model is loaded.
struct RunFacts {
  std::int64_t columns = 0;
  std::optional<std::int64_t> rows;  ///< number of inputs; nullopt if it is not known
  /// The contents of the info file except for those that describe the array. Called when it is needed first,
  /// at the latest at the end.
  std::function<EmbeddingsInfo()> describe;
  std::string precision;  ///< of the products
  bool strict = false;
  std::string list;          ///< hash of the labels of all inputs; empty if it is not known yet
  bool with_stamps = false;  ///< the inputs are files or members of archives, whose sizes and times count
  /// The inputs in order, each once; nullopt at the end.
  std::function<std::optional<RunInput>()> next_input;
};

/// The precision of the products of a run and their backend: "float32, auto".
std::string precision_of(const Model& model, const ModelOptions& options);

/// The hash of the inputs that a run has done, for records: their labels, and the sizes and times of their
/// files. So a file may still be changed, or mended, until it is read.
class DoneInputs {
 public:
  void add(std::string_view label, const std::optional<FileStamp>& stamp);
  /// Passes over the first `count` inputs of a run. Errors: those of `RunFacts::next_input`.
  void pass_over(const RunFacts& facts, std::int64_t count);
  /// 0 for inputs without files.
  std::uint64_t hash() const;

 private:
  ListHash list_;
  bool any_ = false;
};

/// The value of "list" in the description of a run whose list was not known at its beginning.
inline constexpr std::string_view kStreamedList = "a stream";

/// The names of the outputs besides the array.
struct RunOutputs {
  bool with_index = true;
  std::string report;
  bool full_index = false;  ///< `IndexLines::full`
  /// The journal stays when the outputs are published: without an info file, nothing else tells --resume what
  /// they are.
  bool keeps_journal = false;
};
RunDescription describe_run(const RunFacts& facts, const EmbeddingsInfo& info, const OutputOptions& output,
                            const RunOutputs& outputs);

/// Refuses to continue a run with another description, naming all differences. Errors: Failure of
/// Stage::output (locked).
void require_same_run(const RunDescription& earlier, const RunDescription& now, const std::string& path);
[[noreturn]] void refuse_to_continue(const std::string& path, const std::string& why);
/// Refuses to continue a run whose inputs so far were others, or have changed. Returns these inputs. Errors:
/// as `require_same_run`; those of `RunFacts::next_input`.
DoneInputs require_same_inputs(const JournalRecord& done, const RunFacts& facts, const std::string& path);

/// Numbers of inputs of a run.
struct InputCounts {
  std::int64_t inputs = 0, skipped = 0;
};
/// Checks that a published array and its companions are those of the run that `info` and `facts` describe.
/// Errors: Failure of Stage::output (locked), also if they cannot tell.
InputCounts require_finished_run(const RunFacts& facts, EmbeddingsInfo info, const OutputOptions& output,
                                 const RunOutputs& outputs);

}  // namespace sightline::app
