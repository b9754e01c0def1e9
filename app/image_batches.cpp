// SPDX-License-Identifier: Apache-2.0
#include "image_batches.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>

#include "failure.h"
#include "inputs.h"
#include "signals.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kRowsOfABatch =
    300;  ///< token rows: enough to fill the products, few enough for caches

std::int64_t default_batch(const CLIPVisionConfig& vision) {
  const std::int64_t side = vision.image_size / std::max<std::int64_t>(vision.patch_size, 1);
  return std::max<std::int64_t>(1, kRowsOfABatch / (side * side + 1));
}

/// The results of pictures [begin, begin + items.size()) and the memory their embeddings lie in.
struct Batch {
  std::int64_t begin = 0;
  std::vector<ImageResult> items;
  Tensor embeddings;
};

/// Whether the picture could be read and decoded.
bool load_pixels_of(const ImageRun& run, const std::string& path, std::span<float> pixels,
                    ImageResult& result) {
  try {
    const std::vector<std::byte> bytes = read_image(path);
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
    // Some errors carry the path as their subject, some none or "image"; the report names it once.
    const bool named = error.subject().empty() || error.subject() == path || error.subject() == "image";
    result.message = named ? error.problem() : error.what();
    return false;
  }
}

/// Moves the embeddings of good pictures, the first `good` rows, each to the row of its picture.
void spread_good(Batch& batch, std::int64_t good) {
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

/// Good pictures are moved together, so that the tower sees nothing of the bad ones.
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
  // A batch larger than that would be no faster, and hold up the end by a signal.
  const std::int64_t step = default_batch(run.clip.config().vision) * context.pool.size();
  for (std::int64_t first = 0; first < good; first += step) {
    throw_if_interrupted();
    const std::int64_t count = std::min(step, good - first);
    in_stage(Stage::model, [&] {
      run.clip.encode_images(pixels.slice_rows(first, count),
                             batch.embeddings.view().slice_rows(first, count), context);
    });
  }
  if (run.normalize) l2_normalize(batch.embeddings.view().slice_rows(0, good));
  spread_good(batch, good);
}

/// Pictures [begin, end), all threads of the context's pool together.
Batch encode_batch(const ImageRun& run, std::int64_t begin, std::int64_t end, Context& context) {
  Batch batch;
  batch.begin = begin;
  batch.items.resize(static_cast<std::size_t>(end - begin));
  Scratch::Frame frame(context.scratch);
  const TensorView<float> pixels = frame.take(Shape{end - begin, run.clip.processor().pixel_count()});
  context.pool.run(end - begin, [&](std::int64_t i, int) {
    throw_if_interrupted();
    load_pixels_of(run, run.paths[static_cast<std::size_t>(begin + i)], pixels.row(i),
                   batch.items[static_cast<std::size_t>(i)]);
  });
  encode_good(run, batch, pixels, context);
  return batch;
}

void hand_over(const Batch& batch, ImageSink sink) {
  sink({batch.begin, batch.items, batch.embeddings.view()});
}

/// Puts finished batches into order. Who brings the next one hands it and its followers over; who is too far
/// ahead waits.
class ReorderWindow {
 public:
  explicit ReorderWindow(std::int64_t ahead) : ahead_(ahead) {}

  /// Returns false when the run has been given up.
  bool wait_for_turn(std::int64_t number) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return stopped_ || number < next_ + ahead_; });
    return !stopped_;
  }

  void put(std::int64_t number, Batch batch, ImageSink sink) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(number, std::move(batch));
    try {
      hand_over_what_is_next(sink);
    } catch (...) {
      stopped_ = true;  // under the same lock: nobody hands the rest of this batch over again
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
  void hand_over_what_is_next(ImageSink sink) {
    for (auto first = waiting_.begin(); !stopped_ && first != waiting_.end() && first->first == next_;
         first = waiting_.begin()) {
      hand_over(first->second, sink);
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

/// One thread of many: takes the next batch until there is none.
void work_through(const ImageRun& run, std::int64_t batch_size, std::atomic<std::int64_t>& next,
                  ReorderWindow& window, ImageSink sink) {
  ThreadPool alone(1);
  Scratch scratch;
  Context context{alone, scratch};
  const auto count = static_cast<std::int64_t>(run.paths.size());
  try {
    for (std::int64_t number = next++; number * batch_size < count; number = next++) {
      if (!window.wait_for_turn(number)) return;
      const std::int64_t begin = number * batch_size;
      window.put(number, encode_batch(run, begin, std::min(begin + batch_size, count), context), sink);
    }
  } catch (...) {
    window.stop();  // the others must not wait for a batch that never comes
    throw;
  }
}

}  // namespace

void encode_image_files(const ImageRun& run, ImageSink sink) {
  const auto count = static_cast<std::int64_t>(run.paths.size());
  std::int64_t batch = run.batch > 0 ? run.batch : default_batch(run.clip.config().vision);
  ThreadPool pool(run.threads);
  if (run.threads == 1 || count < run.threads) {
    Scratch scratch;
    Context context{pool, scratch};
    for (std::int64_t begin = 0; begin < count; begin += batch) {
      throw_if_interrupted();
      hand_over(encode_batch(run, begin, std::min(begin + batch, count), context), sink);
    }
    return;
  }
  batch = std::min(batch, (count + run.threads - 1) / run.threads);
  std::atomic<std::int64_t> next = 0;
  ReorderWindow window(2 * run.threads);
  pool.run(run.threads, [&](std::int64_t, int) { work_through(run, batch, next, window, sink); });
  throw_if_interrupted();
}

}  // namespace sightline::app
