// SPDX-License-Identifier: Apache-2.0
#include "batch/image_batches.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

#include "batch/inputs.h"
#include "cli/failure.h"
#include "cli/signals.h"
#include "sightline/base/log.h"
#include "sightline/model/pass_plan.h"

namespace sightline::app {
namespace {

/// The results of images [begin, begin + items.size()) and the storage of their embeddings.
struct Batch {
  std::int64_t begin = 0;
  std::vector<ImageResult> items;
  Tensor embeddings;
};

/// Reads and decodes an image. Returns whether it succeeded; sets the error in `result` if not.
bool load_pixels(const ImageRun& run, const std::string& path, std::span<float> pixels, ImageResult& result) {
  try {
    const std::vector<std::byte> bytes = read_image(path);
    result.bytes = std::ssize(bytes);
    run.clip.processor().process_image(bytes, pixels, &result.warnings);
    if (run.strict && !result.warnings.empty()) {
      fail(ErrorCode::corrupt, path, result.warnings.front() + " (refused by --strict)");
    }
    return true;
  } catch (const Failure&) {
    throw;
  } catch (const Error& error) {
    result.error_code = error.code();
    result.error_class = class_name(error.code());
    // The subject of an error may be the path, empty or "image". The report names the path only once.
    const bool named = error.subject().empty() || error.subject() == path || error.subject() == "image";
    result.message = named ? error.problem() : error.what();
    return false;
  }
}

/// Moves the embeddings of the good images, which are the first `good` rows, to the rows of their images.
void scatter_rows(Batch& batch, std::int64_t good) {
  const TensorView<float> rows = batch.embeddings.view();
  for (std::int64_t i = rows.rows() - 1; i >= 0; --i) {
    ImageResult& item = batch.items[static_cast<std::size_t>(i)];
    const std::span<float> row = rows.row(i);
    if (!item.error_class.empty()) {
      std::fill(row.begin(), row.end(), 0.0F);
      continue;
    }
    const std::span<const float> from = rows.row(--good);
    if (good != i) std::copy(from.begin(), from.end(), row.begin());
    item.embedding = row;
  }
}

/// Encodes the good images. They are moved together first, so that the tower does no work for bad ones.
void encode_good(const ImageRun& run, Batch& batch, TensorView<float> pixels, Context& context) {
  const std::int64_t width = run.clip.embedding_size();
  std::int64_t good = 0;
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    if (!batch.items[i].error_class.empty()) continue;
    const auto from = pixels.row(static_cast<std::int64_t>(i));
    if (good != static_cast<std::int64_t>(i)) std::copy(from.begin(), from.end(), pixels.row(good).begin());
    ++good;
  }
  batch.embeddings = Tensor(Shape{std::ssize(batch.items), width});
  throw_if_interrupted();
  in_stage(Stage::model, [&] {
    run.clip.encode_images(pixels.slice_rows(0, good), batch.embeddings.view().slice_rows(0, good), context);
  });
  if (run.normalize) l2_normalize(batch.embeddings.view().slice_rows(0, good));
  scatter_rows(batch, good);
}

/// Encodes images [begin, end) with the threads of the context's pool.
Batch encode_batch(const ImageRun& run, std::int64_t begin, std::int64_t end, Context& context) {
  Batch batch;
  batch.begin = begin;
  batch.items.resize(static_cast<std::size_t>(end - begin));
  Scratch::Frame frame(context.scratch);
  const TensorView<float> pixels = frame.take(Shape{end - begin, run.clip.processor().pixel_count()});
  context.pool.run(end - begin, [&](std::int64_t i, int) {
    throw_if_interrupted();
    load_pixels(run, run.paths[static_cast<std::size_t>(begin + i)], pixels.row(i),
                batch.items[static_cast<std::size_t>(i)]);
  });
  encode_good(run, batch, pixels, context);
  return batch;
}

void deliver(const Batch& batch, ImageSink sink) {
  sink({batch.begin, batch.items, batch.embeddings.view()});
}

/// Puts finished batches in order. The thread that finishes the next batch delivers it and those that follow;
/// a thread that is too far ahead waits.
class ReorderWindow {
 public:
  explicit ReorderWindow(std::int64_t ahead) : ahead_(ahead) {}

  /// Returns false if the run has been stopped.
  bool wait_for_turn(std::int64_t number) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return stopped_ || number < next_ + ahead_; });
    return !stopped_;
  }

  void put(std::int64_t number, Batch batch, ImageSink sink) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(number, std::move(batch));
    try {
      flush_ready_batches(sink);
    } catch (...) {
      stopped_ = true;  // under the same lock, so that no other thread delivers this batch again
      moved_.notify_all();
      throw;
    }
    moved_.notify_all();
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    moved_.notify_all();
  }

 private:
  void flush_ready_batches(ImageSink sink) {
    for (auto first = waiting_.begin(); !stopped_ && first != waiting_.end() && first->first == next_;
         first = waiting_.begin()) {
      deliver(first->second, sink);
      waiting_.erase(first);
      ++next_;
    }
  }

  std::int64_t ahead_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::map<std::int64_t, Batch> waiting_;
  std::int64_t next_ = 0;
  bool stopped_ = false;
};

}  // namespace

void encode_image_files(const ImageRun& run, ImageSink sink) {
  const auto count = static_cast<std::int64_t>(run.paths.size());
  const PassPlan plan = plan_passes(run.clip.config(), run.batch);
  const std::int64_t batch = images_per_pass(plan, count), passes = (count + batch - 1) / batch;
  log_debug("images: " + std::to_string(count) + " in " + std::to_string(passes) + " passes of " +
            std::to_string(batch));
  ThreadPool pool(run.threads);
  std::vector<Scratch> scratches(static_cast<std::size_t>(pool.size()));
  ReorderWindow window(2 * pool.size());
  pool.lead(passes, [&](std::int64_t number, int worker, ThreadPool& team) {
    try {
      throw_if_interrupted();
      if (!window.wait_for_turn(number)) return;
      Context context{team, scratches[static_cast<std::size_t>(worker)]};
      const std::int64_t begin = number * batch;
      window.put(number, encode_batch(run, begin, std::min(begin + batch, count), context), sink);
    } catch (...) {
      window.stop();  // the others must not wait for a batch that never arrives
      throw;
    }
  });
  throw_if_interrupted();
}

}  // namespace sightline::app
