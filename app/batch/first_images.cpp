// SPDX-License-Identifier: Apache-2.0
#include "batch/first_images.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "batch/inputs.h"
#include "cli/failure.h"
#include "sightline/model/pass_plan.h"

namespace sightline::app {
namespace {

bool is_regular(const std::string& path) {
  struct stat status = {};
  return path != "-" && ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

/// Nothing for stdin, and for a file that was changed while it was read.
std::optional<InputFile> describe(const ImageItem& item, ByteView bytes,
                                  const std::optional<FileStamp>& stamp) {
  const bool is_member = item.bytes && item.path != "-";
  if (!is_member && !stamp) return std::nullopt;
  const std::optional<std::int64_t> time = stamp ? std::optional(stamp->mtime_ns) : std::nullopt;
  return InputFile{std::ssize(bytes), time, hash128(bytes)};
}

}  // namespace

Outcome outcome_about(const Error& error, const std::string& path) {
  // The subject of an error may be the path, empty or "image". The report names the path only once.
  const bool named = error.subject().empty() || error.subject() == path || error.subject() == "image";
  return failed_outcome(error.code(), named ? error.problem() : error.what());
}

void use_stored(const ImageRun& run, const StoredInput& stored, ImageResult& result) {
  if (!result.file) result.file = stored.file;
  result.outcome.warnings = in_stage(Stage::inputs, [&] { return run.stored->warnings(stored); });
  result.stored = stored;
}

void load_pixels(const ImageRun& run, const ImageItem& item, std::span<float> pixels, ImageResult& result) {
  const std::string& path = item.path;
  try {
    if (item.error) throw *item.error;
    std::vector<std::byte> read;
    if (!item.bytes) read = read_image(path, &result.stamp);
    const std::vector<std::byte>& bytes = item.bytes ? *item.bytes : read;
    result.bytes = std::ssize(bytes);
    if (run.describe_files) result.file = describe(item, bytes, result.stamp);
    if (run.stored != nullptr && result.file) {
      if (const auto stored = run.stored->find(result.file->xxh3)) return use_stored(run, *stored, result);
    }
    result.size = run.model.processor().process_image(bytes, pixels, &result.outcome.warnings, run.thumbnails,
                                                      &result.thumbnail);
    const std::vector<std::string>& warnings = result.outcome.warnings;
    if (run.strict && !warnings.empty()) {
      fail(ErrorCode::corrupt, path, warnings.front() + " (refused by --strict)");
    }
  } catch (const Failure&) {
    throw;
  } catch (const Error& error) {
    const bool exists_unread = !item.bytes && result.bytes == 0 && error.code() != ErrorCode::missing;
    if (exists_unread && !result.stamp) result.stamp = stamp_of_input(path);
    std::vector<std::string> warnings = std::move(result.outcome.warnings);
    result.outcome = outcome_about(error, path);
    result.outcome.warnings = std::move(warnings);
    result.thumbnail = {};
  }
}

FirstImages::FirstImages(const ImageRun& run, std::span<const std::string> paths) : run_(run), paths_(paths) {
  const std::int64_t images = std::ssize(paths);
  const std::int64_t count =
      std::min(images_per_pass(plan_passes(run.model.config(), run.batch), images), images);
  pixels_ = Tensor(Shape{count, run.model.processor().pixel_count()});
  results_.resize(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < results_.size(); ++i) {
    const std::string& path = paths[i];
    works_.push_back(!is_regular(path) ? nullptr : std::make_unique<Ahead>(run.pool, [this, i, &path] {
      load_pixels(run_, {path}, pixels_.view().row(static_cast<std::int64_t>(i)), results_[i]);
    }));
  }
}

void FirstImages::finish(std::int64_t index, ImageResult& result) {
  const auto i = static_cast<std::size_t>(index);
  if (works_[i] == nullptr) return load_pixels(run_, {paths_[i]}, pixels_.view().row(index), result);
  works_[i]->finish();
  result = std::move(results_[i]);
}

void FirstImages::release() {
  works_.clear();
  results_ = {};
  pixels_ = {};
}

}  // namespace sightline::app
