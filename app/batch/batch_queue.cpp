// SPDX-License-Identifier: Apache-2.0
#include "batch/batch_queue.h"

#include <chrono>
#include <utility>

#include "cli/signals.h"

namespace sightline::app {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMaxHeldBytes = 128
                                      << 20;  ///< of a batch, so that large members do not fill the memory
constexpr std::int64_t kMaxStored = 4096;     ///< items of a batch whose rows are stored
constexpr milliseconds kFirstWait(100);       ///< between looks at `ended_`
constexpr milliseconds kBusyPatience(200), kIdlePatience(10);

}  // namespace

bool BatchQueue::take(ItemBatch& batch, ThreadPool& team) {
  Turn turn = try_take(batch);
  if (turn == Turn::later) team.help_until([&] { return (turn = try_take(batch)) != Turn::later; });
  if (turn == Turn::end) team.wake_leaders();
  return turn == Turn::taken;
}

void BatchQueue::stop(ThreadPool& team) {
  ended_ = true;
  team.wake_leaders();
}

void BatchQueue::rethrow_error() {
  if (error_) std::rethrow_exception(error_);
}

BatchQueue::Turn BatchQueue::try_take(ItemBatch& batch) {
  throw_if_interrupted();
  if (is_waiting_ && !ended_) return Turn::later;
  const std::lock_guard lock(mutex_);
  batch = {.number = batches_, .first = images_, .items = {}};
  if (ended_) return Turn::end;
  try {
    if (in_progress_ > 0 && !source_.ready()) return Turn::later;
    fill(batch.items);
  } catch (const Error&) {
    // Images before it are passed on first.
    error_ = std::current_exception();
    ended_ = true;
  }
  is_waiting_ = false;
  if (batch.items.empty()) return Turn::end;
  ++batches_;
  images_ += std::ssize(batch.items);
  ++in_progress_;
  return Turn::taken;
}

void BatchQueue::fill(std::vector<ImageItem>& items) {
  if (!await_first()) return;
  const Clock::time_point start = Clock::now();
  std::size_t held = 0;  // bytes that the source has read
  std::int64_t stored = 0;
  while (!ended_ && std::ssize(items) - stored < size_ && stored < kMaxStored && held < kMaxHeldBytes &&
         (items.empty() || await_more(start))) {
    ImageItem item;
    if (source_.next(item)) {
      held += item.bytes ? item.bytes->size() : 0;
      stored += item.stored ? 1 : 0;
      items.push_back(std::move(item));
    } else {
      ended_ = true;
    }
  }
}

/// Returns false if the run has been stopped.
bool BatchQueue::await_first() {
  if (source_.ready()) return true;
  is_waiting_ = true;
  while (!source_.ready(kFirstWait)) {
    if (ended_) return false;
  }
  return true;
}

/// Whether another image arrives soon enough.
bool BatchQueue::await_more(Clock::time_point start) {
  if (source_.ready()) return true;
  is_waiting_ = true;
  const milliseconds patience = in_progress_ > 0 ? kBusyPatience : kIdlePatience;
  const auto left = std::chrono::ceil<milliseconds>(start + patience - Clock::now());
  return left > milliseconds() && source_.ready(left);
}

}  // namespace sightline::app
