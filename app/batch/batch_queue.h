// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <mutex>
#include <vector>

#include "batch/image_source.h"
#include "sightline/base/parallel.h"

namespace sightline::app {

/// Consecutive images of a source.
struct ItemBatch {
  std::int64_t number = 0;  ///< of the batch
  std::int64_t first = 0;   ///< the number of items[0]
  std::vector<ImageItem> items;
};

/// Divides a source into batches for the threads of a pool. A batch has fewer images than `size` if the next
/// one is late: 0.2 s after the first while other batches are being encoded, else 10 ms. One thread at a time
/// waits for a source that is not ready, and only while no batch is being encoded; the others help those
/// that encode. A batch also ends when its items hold 128 MiB of content. Images whose rows are stored need
/// no encoding, so they do not count: a batch has up to 4,096 of them besides.
class BatchQueue {
 public:
  BatchQueue(ImageSource& source, std::int64_t size) : source_(source), size_(size) {}

  /// Takes the next batch for a leader of `team`, who calls `done` after it. Returns false at the end, or
  /// after `stop`. Errors: Interrupted.
  bool take(ItemBatch& batch, ThreadPool& team);
  void done() { --in_progress_; }
  /// Ends the run for all threads.
  void stop(ThreadPool& team);
  /// Throws the error of the source that ended the run, if any.
  void rethrow_error();

 private:
  enum class Turn { taken, later, end };
  Turn try_take(ItemBatch& batch);
  void fill(std::vector<ImageItem>& items);
  bool await_first();
  bool await_more(std::chrono::steady_clock::time_point start);

  ImageSource& source_;
  std::int64_t size_;
  std::mutex mutex_;                      ///< held by the thread that uses the source
  std::atomic<bool> is_waiting_ = false;  ///< that thread waits for input
  std::atomic<bool> ended_ = false;
  std::atomic<std::int64_t> in_progress_ = 0;  ///< batches taken, but not done
  std::int64_t batches_ = 0, images_ = 0;
  std::exception_ptr error_;
};

}  // namespace sightline::app
