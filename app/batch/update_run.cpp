// SPDX-License-Identifier: Apache-2.0
#include "batch/update_run.h"

#include <filesystem>
#include <system_error>

#include "cli/failure.h"
#include "cli/signals.h"
#include "sightline/base/format.h"
#include "sightline/embeddings/stored_rows.h"
#include "sightline/model/summary_table.h"

namespace sightline::app {
namespace {

std::unique_ptr<StoredInputs> open_stored(const std::string& array, bool strict, const EmbeddingsInfo& run) {
  try {
    auto stored = std::make_unique<StoredInputs>(
        array, strict ? StoredInputs::Warned::leave : StoredInputs::Warned::use, throw_if_interrupted);
    stored->require_same_computation(run);
    return stored;
  } catch (const Error& error) {
    throw Failure(Stage::inputs, error, "without --update, all images are encoded");
  }
}

/// Whether both name the same file. Two hard links are different files here: they have different companions.
bool is_same_path(const std::string& a, const std::string& b) {
  std::error_code no_a, no_b;
  const std::filesystem::path first = std::filesystem::canonical(a, no_a);
  return first == std::filesystem::canonical(b, no_b) && !no_a && !no_b;
}

bool is_same_part(const EmbeddingsInfo& stored, const EmbeddingsInfo& run) {
  return !run.shard || (stored.shard && stored.shard->shard == run.shard->shard);
}

}  // namespace

std::string array_to_update(const UpdateOptions& update, OutputOptions& output, TableFormat format) {
  const bool has_index = format == TableFormat::npy && !needs_row_count(output, format);
  if (!has_index && update.update) fail_usage("--update needs an .npy output, a file on a disk");
  if (!has_index && update.index == IndexLines::full)
    fail_usage("--index full needs an .npy output, a file on a disk");
  if (!update.update) return "";
  if (update.index == IndexLines::plain)
    fail_usage("--update writes a full index", "omit --index plain; the next update needs the full lines");
  output.in_place = update.earlier.empty() || is_same_path(update.earlier, output.path);
  if (!output.in_place) return update.earlier;
  return file_exists(output.path) ? output.path : "";
}

std::vector<std::string> files_to_update(const std::string& array, const OutputOptions& output) {
  if (array.empty() || output.in_place) return {};
  const std::string name = described_name(array);
  return {array, index_path_of(name), info_path_of(name)};
}

UpdateRun::UpdateRun(const std::string& array, bool strict, const EmbeddingOutput& out,
                     const ConsoleOptions& console) {
  if (!array.empty()) {
    const EmbeddingsInfo run = out.info();
    stored_ = open_stored(array, strict, run);
    if (is_same_part(stored_->info(), run)) gone_.emplace(*stored_);
    if (!stored_->has_files() && stored_->info().rows > 0) {
      note(console, "no row of " + printable(array) +
                        " can be reused, because its index does not state the files; the new one does");
    }
  }
  in_stage(Stage::output, [&] { out.for_each_done([&](const IndexLine& line) { add_done(line); }); });
}

void UpdateRun::add(std::string_view label, const std::optional<InputFile>& file, bool good, bool reused) {
  if (good) ++(reused ? reused_ : encoded_);
  if (gone_) gone_->add(label, file);
}

// The row of an input that an interrupted run has done came from the same array, if it has one.
void UpdateRun::add_done(const IndexLine& line) {
  const bool good = line.entry.outcome.ok();
  add(line.entry.label, line.file, good, good && stored_ && line.file && stored_->find(line.file->xxh3));
}

void UpdateRun::require_rows(const OutputOptions& output) const {
  if (!output.in_place || output.force || !stored_ || stored_->good_inputs() == 0 || reused_ + encoded_ > 0)
    return;
  fail_inputs(ErrorCode::missing, stored_->path(), "is kept, because no image of this run is usable",
              "--force replaces it by an array without embeddings");
}

std::optional<std::int64_t> UpdateRun::gone() const {
  if (!stored_) return 0;
  return gone_ ? std::optional(gone_->count()) : std::nullopt;
}

std::string UpdateRun::summary() const {
  std::string text = "\"reused\":" + std::to_string(reused_) + ",\"encoded\":" + std::to_string(encoded_);
  if (const std::optional<std::int64_t> rows = gone()) text += ",\"gone\":" + std::to_string(*rows);
  return text;
}

void UpdateRun::print(const ConsoleOptions& console) const {
  if (!stored_) return;
  std::string line =
      grouped(reused_) + (reused_ == 1 ? " row" : " rows") + " reused, " + grouped(encoded_) + " encoded";
  const std::int64_t rows = gone().value_or(0);
  if (rows > 0) line += ", " + grouped(rows) + " of " + printable(stored_->path()) + " gone";
  note(console, line);
}

}  // namespace sightline::app
