// SPDX-License-Identifier: Apache-2.0
#include "batch/image_batches.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

#include "batch/batch_queue.h"
#include "batch/first_images.h"
#include "cli/failure.h"
#include "cli/remedies.h"
#include "cli/signals.h"
#include "sightline/base/log.h"
#include "sightline/model/pass_plan.h"

namespace sightline::app {
namespace {

/// The results of a batch and the storage of their embeddings.
struct Batch {
  std::int64_t number = 0;  ///< of the batch
  std::int64_t first = 0;   ///< of its first image
  std::vector<std::string> labels;
  std::vector<ImageResult> items;
  Tensor embeddings;
};

bool is_to_encode(const ImageResult& item) { return item.outcome.ok() && !item.stored; }

/// Moves the embeddings of the encoded images, which are the first `encoded` rows, to the rows of their
/// images, and fills the rows between.
void scatter_rows(const ImageRun& run, Batch& batch, std::int64_t encoded) {
  const TensorView<float> rows = batch.embeddings.view();
  for (std::int64_t i = rows.rows() - 1; i >= 0; --i) {
    ImageResult& item = batch.items[static_cast<std::size_t>(i)];
    const std::span<float> row = rows.row(i);
    if (!item.outcome.ok()) {
      std::fill(row.begin(), row.end(), 0.0F);
      continue;
    }
    item.embedding = row;
    if (item.stored) {
      in_stage(Stage::inputs, [&] { run.stored->read_row(*item.stored, row); });
      continue;
    }
    const std::span<const float> from = rows.row(--encoded);
    if (encoded != i) std::copy(from.begin(), from.end(), row.begin());
  }
}

/// Encodes images whose pixels are the rows of `pixels`; `places` are their numbers in the batch. Those to
/// encode are moved together first, so that the tower does no work for the others.
void encode_pixels(const ImageRun& run, Batch& batch, std::span<const std::size_t> places,
                   TensorView<float> pixels, Context& context) {
  const std::int64_t width = run.model.embedding_size();
  std::int64_t count = 0;
  Scratch::Frame frame(context.scratch);
  const std::span<ImageSize> sizes = frame.take<ImageSize>(Shape{std::ssize(places)}).flat();
  for (std::size_t i = 0; i < places.size(); ++i) {
    const ImageResult& item = batch.items[places[i]];
    if (!is_to_encode(item)) continue;
    sizes[static_cast<std::size_t>(count)] = item.size;
    const auto from = pixels.row(static_cast<std::int64_t>(i));
    if (count != static_cast<std::int64_t>(i)) std::copy(from.begin(), from.end(), pixels.row(count).begin());
    ++count;
  }
  batch.embeddings = Tensor(Shape{std::ssize(batch.items), width});
  throw_if_interrupted();
  const TensorView<float> encoded = batch.embeddings.view().slice_rows(0, count);
  const ImageBatch images{pixels.slice_rows(0, count), sizes.first(static_cast<std::size_t>(count))};
  with_model_remedy(run.model.path(), [&] { run.model.encode_images(images, encoded, context); });
  if (run.normalize) l2_normalize(encoded);
  scatter_rows(run, batch, count);
}

/// Takes over what is stored of unchanged images. Returns the numbers of the others, which must be read.
std::vector<std::size_t> take_stored(const ImageRun& run, ItemBatch& from, Batch& batch) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < from.items.size(); ++i) {
    if (from.items[i].stored) {
      use_stored(run, *from.items[i].stored, batch.items[i]);
    } else {
      others.push_back(i);
    }
  }
  return others;
}

/// Encodes images with the threads of the context's pool.
Batch encode_batch(const ImageRun& run, ItemBatch& from, Context& context) {
  Batch batch{.number = from.number, .first = from.first, .labels = {}, .items = {}, .embeddings = {}};
  batch.items.resize(from.items.size());
  const std::vector<std::size_t> places = take_stored(run, from, batch);
  const std::int64_t count = std::ssize(places);
  Scratch::Frame frame(context.scratch);
  FirstImages* first = from.first == 0 ? run.first : nullptr;
  const TensorView<float> pixels =
      first != nullptr ? first->pixels() : frame.take(Shape{count, run.model.processor().pixel_count()});
  context.pool.run(count, [&](std::int64_t i, int) {
    throw_if_interrupted();
    const std::size_t place = places[static_cast<std::size_t>(i)];
    if (first != nullptr) return first->finish(i, batch.items[place]);
    load_pixels(run, from.items[place], pixels.row(i), batch.items[place]);
  });
  for (std::size_t i = 0; i < from.items.size(); ++i) {
    batch.labels.push_back(std::move(from.items[i].path));
    if (from.items[i].stamp) batch.items[i].stamp = from.items[i].stamp;
  }
  encode_pixels(run, batch, places, pixels, context);
  if (first != nullptr) first->release();
  return batch;
}

void deliver(const Batch& batch, ThreadPool& pool, ImageSink sink) {
  sink({batch.first, batch.labels, batch.items, batch.embeddings.view(), pool});
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

  void put(Batch batch, ThreadPool& pool, ImageSink sink) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(batch.number, std::move(batch));
    try {
      flush_ready_batches(pool, sink);
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
  void flush_ready_batches(ThreadPool& pool, ImageSink sink) {
    for (auto first = waiting_.begin(); !stopped_ && first != waiting_.end() && first->first == next_;
         first = waiting_.begin()) {
      deliver(first->second, pool, sink);
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

/// The number of images in a batch, and of threads that can have one of their own.
struct Division {
  std::int64_t batch, leaders;
};

Division divide(const ImageRun& run, const ImageSource& source) {
  const PassPlan plan = plan_passes(run.model.config(), run.batch);
  const std::optional<std::int64_t> count = source.size();
  if (!count) return {plan.images, run.pool.size()};
  const std::int64_t batch = images_per_pass(plan, *count), passes = (*count + batch - 1) / batch;
  log_debug("images: " + std::to_string(*count) + " in " + std::to_string(passes) + " passes of " +
            std::to_string(batch));
  return {batch, std::min<std::int64_t>(passes, run.pool.size())};
}

}  // namespace

void encode_images(const ImageRun& run, ImageSource& source, ImageSink sink) {
  const Division division = divide(run, source);
  std::vector<Scratch> scratches(static_cast<std::size_t>(run.pool.size()));
  BatchQueue queue(source, division.batch);
  ReorderWindow window(2 * run.pool.size());
  run.pool.lead(division.leaders, [&](std::int64_t, int worker, ThreadPool& team) {
    try {
      Context context{team, scratches[static_cast<std::size_t>(worker)]};
      for (ItemBatch items; queue.take(items, team); queue.done()) {
        if (!window.wait_for_turn(items.number)) return;
        window.put(encode_batch(run, items, context), team, sink);
      }
    } catch (...) {
      window.stop();  // the others must not wait for a batch that never arrives
      queue.stop(team);
      throw;
    }
  });
  throw_if_interrupted();
  queue.rethrow_error();
}

}  // namespace sightline::app
