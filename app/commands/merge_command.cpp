// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/merge.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "batch/companion.h"
#include "batch/output_names.h"
#include "batch/written_array.h"
#include "cli/failure.h"
#include "cli/option_values.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "commands/commands.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/score_index.h"
#include "sightline/embeddings/shard.h"
#include "sightline/embeddings/stored_rows.h"
#include "sightline/files/file.h"

namespace sightline::app {
namespace {

struct MergeOptions {
  std::vector<std::string> shards;
  std::string output, report;
  bool force = false;
  ConsoleOptions console;
};

void check(const MergeOptions& o) {
  if (o.shards.empty())
    fail_usage("no shard given", "name the arrays: sightline merge OUT-*-of-N.npy -o OUT.npy");
  if (o.output.empty()) fail_usage("no output given", "add -o OUT.npy");
  if (is_stdout(o.output) || is_stdout(o.report)) fail_usage("the outputs of merge must be files");
  if (!o.output.ends_with(".npy")) fail_usage("merge writes an .npy file", "name it -o OUT.npy");
}

/// All files that the merge reads.
std::vector<std::string> inputs_of(const MergeOptions& o, std::int64_t count) {
  std::vector<std::string> inputs;
  for (const std::string& shard : o.shards) {
    const std::string name = described_name(shard);
    inputs.insert(inputs.end(), {shard, index_path_of(name), info_path_of(name)});
  }
  for (std::int64_t i = 1; i <= count && !o.report.empty(); ++i)
    inputs.push_back(shard_path(o.report, {i, count}));
  return inputs;
}

void check_not_inputs(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs) {
  for (const std::string& output : outputs) {
    if (output.empty() || !file_exists(output)) continue;
    for (const std::string& input : inputs) {
      if (!same_file(output, input)) continue;
      in_stage(Stage::output, [&] { fail(ErrorCode::locked, output, "is an input: " + input); });
    }
  }
}

/// The files of the whole array.
class MergedFiles {
 public:
  explicit MergedFiles(const MergeOptions& o)
      : path_(o.output),
        array_(o.output, o.force),
        index_(index_path_of(o.output), true, o.force),
        info_(info_path_of(o.output), true, o.force),
        score_index_(score_index_path_of(o.output), false, o.force) {
    if (!array_.seekable()) fail(ErrorCode::unsupported, o.output, "is not a regular file");
    journal_.emplace(new_journal(o.output));
    if (!o.report.empty()) report_.emplace(o.report, o.force);
  }

  MergeOutputs outputs() { return {array_, *index_.file(), *info_.file(), report_ ? &*report_ : nullptr}; }

  /// All files are completed before the first is published.
  void publish() {
    for (Companion* companion : {&index_, &info_, &score_index_}) companion->prepare_commit();
    array_.prepare_commit();
    if (report_) report_->prepare_commit();
    commit_array(array_, path_, std::array{&index_, &info_, &score_index_});
    if (report_) report_->commit();
  }

 private:
  std::string path_;
  OutputFile array_;
  Companion index_, info_, score_index_;
  std::optional<OutputFile> report_;
  std::optional<JournalFile> journal_;  ///< keeps others from continuing a run with this output
};

/// An error about a shard is one of the inputs, and an error about an output is not.
template <class Work>
void in_stage_of_file(const std::vector<std::string>& outputs, Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    for (const std::string& output : outputs) {
      if (!output.empty() && error.subject() == output) throw Failure(Stage::output, error);
    }
    throw Failure(Stage::inputs, error);
  }
}

int run_merge(MergeOptions& o) {
  check(o);
  o.output = written_array(o.output);
  install_signal_handlers();
  const std::vector<std::string> outputs = output_names(o.output, TableFormat::npy, o.report);
  const auto shards = in_stage(Stage::inputs, [&] { return std::make_unique<ShardSet>(o.shards); });
  const std::vector<std::string> inputs = inputs_of(o, shards->count());
  check_not_inputs(outputs, inputs);
  const auto files = in_stage(Stage::output, [&] { return std::make_unique<MergedFiles>(o); });
  Stopwatch watch(o.console);
  Progress progress(o.console, shards->inputs(), "inputs");
  in_stage_of_file(outputs, [&] {
    merge_shards(*shards, o.report, files->outputs(), [&](std::int64_t count) {
      throw_if_interrupted();
      progress.advance_by(count);
    });
  });
  progress.finish();
  watch.lap("shards merged");
  watch.shape("embeddings", shards->whole_info().rows, shards->whole_info().width);
  in_stage(Stage::output, [&] { files->publish(); });
  return kExitSuccess;
}

}  // namespace

CommandLine describe_merge() {
  const auto o = std::make_shared<MergeOptions>();
  CommandLine line;
  line.add({.names = {"SHARD"},
            .help = "arrays of all shards (OUT-K-of-N.npy), in any order",
            .value = texts(o->shards),
            .completion = Completion::files});
  line.add({.names = {"-o", "--output"},
            .value_name = "FILE",
            .help = "array to write, with its index and info file",
            .group = HelpGroup::output,
            .value = text(o->output),
            .completion = Completion::files});
  line.add({.names = {"--report"},
            .value_name = "FILE",
            .help = "also merge the reports of the shards (FILE-K-of-N) into FILE",
            .group = HelpGroup::output,
            .value = text(o->report),
            .completion = Completion::files});
  line.add({.names = {"--force"},
            .help = "overwrite existing output files",
            .group = HelpGroup::output,
            .value = flag(o->force)});
  add_console_options(line, o->console);
  add_progress_option(line, o->console);
  line.run = [o](const CommandLine&) { return run_merge(*o); };
  return line;
}

}  // namespace sightline::app
