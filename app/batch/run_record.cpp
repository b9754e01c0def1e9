// SPDX-License-Identifier: Apache-2.0
#include "batch/run_record.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "batch/inputs.h"
#include "cli/failure.h"
#include "cli/signals.h"
#include "sightline/base/format.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/mapped_lines.h"
#include "sightline/files/file.h"
#include "sightline/weights/packed_file.h"

namespace sightline::app {
namespace {

constexpr std::size_t kMaxShownValue = 40;

/// What differs, in words, for values that are too long to be shown.
struct KeyWords {
  std::string_view key, words;
};
constexpr std::array<KeyWords, 6> kKeyWords = {{
    {"program", "the version of the computation"},
    {"model", "the model"},
    {"preprocess", "the preprocessing"},
    {"list", "the list of inputs"},
    {"drop_bad", "--drop-bad"},
    {"strict", "--strict"},
}};

std::string words_of(const RunDifference& difference) {
  const auto known = std::find_if(kKeyWords.begin(), kKeyWords.end(),
                                  [&](const KeyWords& entry) { return entry.key == difference.key; });
  const std::string name(known == kKeyWords.end() ? std::string_view(difference.key) : known->words);
  const bool hidden = difference.key == "preprocess" || difference.key == "list" ||
                      std::max(difference.earlier.size(), difference.now.size()) > kMaxShownValue;
  if (hidden) return name + " differs";
  return name + " was '" + difference.earlier + "', is now '" + difference.now + "'";
}

void require(bool good, const std::string& path, const std::string& why) {
  if (!good) refuse_to_continue(path, why);
}

/// Whether the file of an index line is still the one that the row was computed from.
bool is_unchanged(const IndexLine& line) {
  if (!line.file || !line.file->mtime_ns) return true;
  return stamp_of(line.entry.label) == FileStamp{line.file->size, *line.file->mtime_ns};
}

/// Compares the index with the inputs of the run.
InputCounts check_index(const RunFacts& facts, const std::string& path, bool drop_bad, bool full,
                        const std::string& hash) {
  MappedLines lines(path);
  Hash128 found_hash;
  lines.update_hash(&found_hash);
  InputCounts counts;
  std::optional<bool> found_full;
  for (; const std::optional<std::string_view> text = lines.next(); ++counts.inputs) {
    const IndexLine line = parse_index_line(*text, lines.place());
    const std::optional<RunInput> input = facts.next_input();
    require(input && line.entry.label == input->label && is_unchanged(line), path,
            "the list of inputs differs");
    const bool failed = !line.row || !line.entry.outcome.ok();
    require(!failed || drop_bad == !line.row, path, "--drop-bad differs");
    if (failed) {
      ++counts.skipped;
    } else if (line.entry.label != "-") {
      found_full = found_full.value_or(false) || line.file;
    }
  }
  require(found_full.value_or(full) == full, path,
          full ? "index was 'yes', is now 'full'" : "index was 'full', is now 'yes'");
  require(!facts.next_input(), path, "the list of inputs differs");
  check_index_hash(path, found_hash.hex(), hash);
  return counts;
}

}  // namespace

std::string precision_of(const Model& model, const ModelOptions& options) {
  const PackedFile* packed = model.source().files.packed();
  const DType stored = packed != nullptr ? packed->precision().matrices : DType::f32;
  return std::string(dtype_name(options.dtype.value_or(stored))) + ", " + options.backend;
}

void DoneInputs::add(std::string_view label, const std::optional<FileStamp>& stamp) {
  any_ = true;
  if (!stamp) return list_.add(label);
  list_.add(label, stamp->size, stamp->mtime_ns);
}

void DoneInputs::pass_over(const RunFacts& facts, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::optional<RunInput> input = facts.next_input();
    if (!input) return;
    throw_if_interrupted();
    if (facts.with_stamps) add(input->label, input->archive ? input->archive : stamp_of_input(input->label));
  }
}

std::uint64_t DoneInputs::hash() const {
  constexpr std::size_t kDigits = 16;
  if (!any_) return 0;
  const std::string text = list_.hex();
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + kDigits, number, 16);
  return number;
}

RunDescription describe_run(const RunFacts& facts, const EmbeddingsInfo& info, const OutputOptions& output,
                            const RunOutputs& outputs) {
  const auto yes_or_no = [](bool value) { return value ? "yes" : "no"; };
  RunDescription run;
  run.add("program", std::to_string(info.computation.value_or(kComputationVersion)));
  run.add("model", info.model.fingerprint);
  run.add("modality", modality_name(info.modality));
  run.add("preprocess", info.preprocess);
  run.add("normalized", yes_or_no(info.normalized));
  run.add("dtype", info.dtype);
  run.add("precision", info.precision);
  run.add("drop_bad", yes_or_no(output.drop_bad));
  run.add("strict", yes_or_no(facts.strict));
  run.add("shard", info.shard ? std::to_string(info.shard->shard.index) + "/" +
                                    std::to_string(info.shard->shard.count) + " of " + info.shard->list
                              : "");
  run.add("list",
          facts.rows ? std::to_string(*facts.rows) + " inputs, " + facts.list : std::string(kStreamedList));
  run.add("index", outputs.full_index ? "full" : yes_or_no(outputs.with_index));
  run.add("report", outputs.report);
  return run;
}

void refuse_to_continue(const std::string& path, const std::string& why) {
  throw Failure(Stage::output, Error(ErrorCode::locked, path, "cannot be continued: " + why),
                "without --resume, the run starts afresh");
}

void require_same_run(const RunDescription& earlier, const RunDescription& now, const std::string& path) {
  std::string text;
  for (const RunDifference& difference : differences(earlier, now))
    text.append(text.empty() ? "" : "; ").append(words_of(difference));
  if (!text.empty()) refuse_to_continue(path, text);
}

DoneInputs require_same_inputs(const JournalRecord& done, const RunFacts& facts, const std::string& path) {
  DoneInputs inputs;
  inputs.pass_over(facts, done.inputs);
  if (done.list != inputs.hash()) {
    refuse_to_continue(path, facts.rows
                                 ? "files of finished rows have changed"
                                 : "the list of inputs differs, or files of finished rows have changed");
  }
  const bool complete = done.kind == RecordKind::complete && !facts.rows;
  if (complete && facts.next_input()) refuse_to_continue(path, "the list of inputs is longer");
  return inputs;
}

InputCounts require_finished_run(const RunFacts& facts, EmbeddingsInfo info, const OutputOptions& output,
                                 const RunOutputs& outputs) {
  const std::string& path = output.path;
  try {
    require(outputs.with_index, path, "it has no info file to compare with");
    for (const std::string& other : {index_path_of(path), info_path_of(path), outputs.report})
      require(other.empty() || file_exists(other), path, printable(other) + " does not exist");
    EmbeddingsInfo found = read_info(info_path_of(path));
    check_info(found, info_path_of(path), NpyFile::open(path));
    // What an info file does not state is taken as equal.
    RunFacts comparable = facts;
    comparable.rows = 0;
    comparable.list.clear();
    if (found.precision.empty()) found.precision = info.precision;
    RunFacts found_facts = comparable;
    found_facts.strict = found.strict.value_or(facts.strict);
    OutputOptions found_output = output;
    found_output.drop_bad = found.drop_bad.value_or(output.drop_bad);
    RunOutputs found_outputs = outputs;
    found_outputs.full_index = found.full_index.value_or(outputs.full_index);
    require_same_run(describe_run(found_facts, found, found_output, found_outputs),
                     describe_run(comparable, info, output, outputs), path);
    require(found.width == facts.columns, path, "its rows have another width");
    return check_index(facts, index_path_of(path), output.drop_bad, outputs.full_index, found.index_xxh3);
  } catch (const Failure&) {
    throw;
  } catch (const Error& error) {
    refuse_to_continue(error.subject(), error.problem());
  }
}

}  // namespace sightline::app
