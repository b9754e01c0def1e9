// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <exception>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

namespace sightline {
namespace {

// A short spin catches the next product of a forward pass without a system call; spinning longer would take
// the core from other processes.
constexpr int kSpins = 2000;

void pause_cpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

int cgroup_quota() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0, period = 0;  // "max 100000" when there is none
  if (!(file >> quota >> period) || quota <= 0 || period <= 0) return 0;
  constexpr double kMostCores = 1024;
  return static_cast<int>(std::clamp(std::ceil(quota / period), 1.0, kMostCores));
}

}  // namespace

struct ThreadPool::State {
  using Body = FunctionRef<void(std::int64_t, int)>;

  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable wake, done;
  std::atomic<std::uint64_t> generation{0};  // incremented by every run
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> next{0};
  std::atomic<int> active{0};
  std::atomic<bool> failed{false};
  std::int64_t count = 0;
  const Body* body = nullptr;
  std::exception_ptr error;
  bool running = false;

  void work(int worker) {
    for (;;) {
      const std::int64_t index = next.fetch_add(1, std::memory_order_relaxed);
      if (index >= count || failed.load(std::memory_order_relaxed)) return;
      try {
        (*body)(index, worker);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!error) error = std::current_exception();
        failed.store(true, std::memory_order_relaxed);
      }
    }
  }

  void member(int worker) {
    std::uint64_t last_generation = 0;
    for (;;) {
      for (int i = 0; i < kSpins && generation.load(std::memory_order_acquire) == last_generation && !stop;
           ++i)
        pause_cpu();
      if (generation.load(std::memory_order_acquire) == last_generation && !stop) {
        std::unique_lock lock(mutex);
        wake.wait(lock,
                  [&] { return generation.load(std::memory_order_acquire) != last_generation || stop; });
      }
      if (stop) return;
      last_generation = generation.load(std::memory_order_acquire);
      work(worker);
      if (active.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        const std::lock_guard lock(mutex);
        done.notify_one();
      }
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  state_->threads.reserve(static_cast<std::size_t>(std::max(0, threads - 1)));
  try {
    for (int worker = 1; worker < threads; ++worker)
      state_->threads.emplace_back([state = state_.get(), worker] { state->member(worker); });
  } catch (const std::exception&) {
    // A process limit was reached or memory ran out: continue with the threads that started.
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->wake.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

int ThreadPool::size() const { return static_cast<int>(state_->threads.size()) + 1; }

void ThreadPool::run(std::int64_t count, FunctionRef<void(std::int64_t, int)> body) {
  State& s = *state_;
  if (s.threads.empty() || count <= 1 || s.running) {
    for (std::int64_t i = 0; i < count; ++i) body(i, 0);
    return;
  }
  {
    const std::lock_guard lock(s.mutex);
    s.running = true;
    s.count = count;
    s.body = &body;
    s.error = nullptr;
    s.failed.store(false, std::memory_order_relaxed);
    s.next.store(0, std::memory_order_relaxed);
    s.active.store(static_cast<int>(s.threads.size()), std::memory_order_relaxed);
    s.generation.fetch_add(1, std::memory_order_release);
  }
  s.wake.notify_all();
  s.work(0);
  for (int i = 0; i < kSpins && s.active.load(std::memory_order_acquire) != 0; ++i) pause_cpu();
  std::unique_lock lock(s.mutex);
  s.done.wait(lock, [&] { return s.active.load(std::memory_order_acquire) == 0; });
  s.running = false;
  s.body = nullptr;
  if (s.error) std::rethrow_exception(std::exchange(s.error, nullptr));
}

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  int cores = sched_getaffinity(0, sizeof(set), &set) == 0
                  ? CPU_COUNT(&set)
                  : static_cast<int>(std::thread::hardware_concurrency());
  if (const int quota = cgroup_quota(); quota > 0) cores = std::min(cores, quota);
  return std::max(1, cores);
}

}  // namespace sightline
