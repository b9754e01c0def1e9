// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <exception>
#include <fstream>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

// Each thread has a job of its own, on cache lines of its own, and the pool has one more. A thread that has
// nothing to do looks for a job with indices left and helps there. A thread that leads a team therefore
// touches no memory that other leaders write, and takes no lock unless somebody sleeps.
namespace sightline {
namespace {

constexpr std::size_t kCacheLine = 64;

// A short spin catches the next product of a forward pass without a system call; spinning longer would take
// the core from other processes.
constexpr int kSpins = 2000, kLooks = 6000, kLeastSpins = 100;

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

// The indices of one `run`. Fields that are not atomic are written while no helper is inside.
struct ThreadPool::Job {
  using Body = FunctionRef<void(std::int64_t, int)>;

  // Written once a run, so that idle threads may watch it: indices may be left.
  alignas(kCacheLine) std::atomic<bool> open{false};
  alignas(kCacheLine) std::atomic<std::int64_t> next{0};
  std::atomic<int> helpers{0};  // threads inside besides the one that runs the job
  // Where the thread that runs the job waits until there are none; null while it does not.
  std::atomic<std::condition_variable*> awaited_on{nullptr};
  bool is_running = false;
  std::int64_t count = 0;
  const Body* body = nullptr;
  std::exception_ptr error;
  std::condition_variable done;
};

// Orders of memory: a helper enters (`helpers`) and then looks whether the job is open; its owner closes it
// and then looks whether helpers are inside. Sleeping works the same way. Either one of the two sees the
// other, because all four accesses are sequentially consistent.
struct ThreadPool::State {
  explicit State(int size) : jobs(static_cast<std::size_t>(size) + 1) {}

  std::vector<Job> jobs;  // of the pool, then of the team of each thread
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable performed;  // some work ahead is done
  std::atomic<int> sleepers{0};
  std::atomic<std::int64_t> wakes{0};  // calls of `wake_leaders`
  std::atomic<bool> stop{false};
  std::deque<Ahead*> ahead;            // works that no thread has begun; guarded by the mutex
  std::atomic<bool> any_ahead{false};  // whether there are any

  Job& team_of(int thread) { return jobs[static_cast<std::size_t>(thread) + 1]; }
  // A spin of an idle thread looks at every job.
  int idle_spins() const { return std::max(kLooks / static_cast<int>(jobs.size()), kLeastSpins); }

  bool any_open() const {
    return std::ranges::any_of(jobs, [](const Job& job) { return job.open.load(); });
  }
  bool any_team_open() const {
    return std::any_of(jobs.begin() + 1, jobs.end(), [](const Job& job) { return job.open.load(); });
  }

  void offer(Ahead& work) {
    if (threads.empty()) return;
    {
      const std::lock_guard lock(mutex);
      ahead.push_back(&work);
      any_ahead.store(true);
    }
    wake.notify_one();
  }

  // Returns whether no thread has begun the work; then none will.
  bool take_back(const Ahead& work) {
    const std::lock_guard lock(mutex);
    const auto found = std::ranges::find(ahead, &work);
    if (found == ahead.end()) return false;
    ahead.erase(found);
    any_ahead.store(!ahead.empty());
    return true;
  }

  // Does the work that has waited longest. Returns whether there was one.
  bool perform_ahead() {
    if (!any_ahead.load(std::memory_order_relaxed)) return false;
    Ahead* work = nullptr;
    {
      const std::lock_guard lock(mutex);
      if (ahead.empty()) return false;
      work = ahead.front();
      ahead.pop_front();
      any_ahead.store(!ahead.empty());
    }
    work->perform();
    const std::lock_guard lock(mutex);  // its owner may destroy it once the lock is free
    work->done_.store(true, std::memory_order_release);
    performed.notify_all();
    return true;
  }

  void await(const Ahead& work) {
    std::unique_lock lock(mutex);
    performed.wait(lock, [&] { return work.done_.load(std::memory_order_acquire); });
  }

  void work(Job& job, int worker) {
    for (;;) {
      const std::int64_t index = job.next.fetch_add(1, std::memory_order_relaxed);
      if (index >= job.count) break;
      try {
        (*job.body)(index, worker);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!job.error) job.error = std::current_exception();
        job.next.store(job.count, std::memory_order_relaxed);
      }
    }
    job.open.store(false);
  }

  // Works on every open job once; a team that `thread` leads itself is never open here. Returns whether there
  // was one. A leader does not work on the pool's own job, because it is inside that job.
  bool help(int thread, bool is_leader = false) {
    bool helped = false;
    const std::size_t count = jobs.size();
    for (std::size_t i = is_leader ? 1 : 0; i < count; ++i) {
      // The pool's own job first; then teams, beginning with another one for each thread.
      const std::size_t number = i == 0 ? 0 : 1 + (static_cast<std::size_t>(thread) + i - 1) % (count - 1);
      Job& job = jobs[number];
      if (!job.open.load(std::memory_order_relaxed)) continue;
      job.helpers.fetch_add(1);
      if (job.open.load()) {
        // The leader of a team is its worker 0, so thread 0 has the leader's number there.
        work(job, number == 0 || thread != 0 ? thread : static_cast<int>(number) - 1);
        helped = true;
      }
      leave(job);
    }
    return helped;
  }

  void leave(Job& job) {
    if (job.helpers.fetch_sub(1) != 1) return;
    std::condition_variable* waiting = job.awaited_on.load();
    if (waiting == nullptr) return;
    const std::lock_guard lock(mutex);
    waiting->notify_all();
  }

  // Sleeps until a job is open or `enough` returns true.
  template <class Condition>
  void sleep(Condition enough) {
    std::unique_lock lock(mutex);
    sleepers.fetch_add(1);
    wake.wait(lock, [&] { return any_open() || any_ahead.load() || enough(); });
    sleepers.fetch_sub(1);
  }

  // Helps until `enough` returns true.
  template <class Condition>
  void help_until(int thread, Condition enough) {
    for (int spins_left = idle_spins(); !enough();) {
      if (help(thread) || perform_ahead()) {
        spins_left = idle_spins();
      } else if (--spins_left > 0) {
        pause_cpu();
      } else {
        sleep(enough);
        spins_left = idle_spins();
      }
    }
  }

  // The same for a leader, which also sleeps while `wakes` does not change.
  void help_teams_until(int thread, FunctionRef<bool()> enough) {
    for (;;) {
      const std::int64_t before = wakes.load();
      if (enough()) return;
      int spins_left = idle_spins();
      while (!help(thread, true) && --spins_left > 0) pause_cpu();
      if (spins_left > 0) continue;
      std::unique_lock lock(mutex);
      sleepers.fetch_add(1);
      wake.wait(lock, [&] { return any_team_open() || wakes.load() != before; });
      sleepers.fetch_sub(1);
    }
  }

  void publish(Job& job, std::int64_t count, const Job::Body& body) {
    job.is_running = true;
    job.count = count;
    job.body = &body;
    job.next.store(0, std::memory_order_relaxed);
    job.open.store(true);
    if (const int asleep = sleepers.load(); asleep > 0) {
      { const std::lock_guard lock(mutex); }  // one that has just found nothing open is asleep after this
      for (std::int64_t i = std::min<std::int64_t>(asleep, count - 1); i > 0; --i) wake.notify_one();
    }
  }

  void await_helpers(Job& job) {
    for (int i = 0; i < kSpins && job.helpers.load() != 0; ++i) pause_cpu();
    if (job.helpers.load() == 0) return;
    std::unique_lock lock(mutex);
    job.awaited_on.store(&job.done);
    job.done.wait(lock, [&] { return job.helpers.load() == 0; });
    job.awaited_on.store(nullptr);
  }

  // The same, helping teams meanwhile.
  void help_while_waiting(Job& job, int thread) {
    job.awaited_on.store(&wake);
    help_until(thread, [&] { return job.helpers.load() == 0; });
    job.awaited_on.store(nullptr);
  }

  void run(Job& job, int thread, std::int64_t count, const Job::Body& body, bool leads) {
    publish(job, count, body);
    work(job, 0);
    if (leads) {
      help_while_waiting(job, thread);
    } else {
      await_helpers(job);
    }
    job.is_running = false;
    job.body = nullptr;
    if (job.error) std::rethrow_exception(std::exchange(job.error, nullptr));
  }
};

ThreadPool::ThreadPool(int threads)
    : own_(std::make_unique<State>(std::max(1, threads))), state_(*own_), job_(state_.jobs.front()) {
  state_.threads.reserve(static_cast<std::size_t>(std::max(0, threads - 1)));
  try {
    for (int thread = 1; thread < threads; ++thread) {
      state_.threads.emplace_back([state = own_.get(), thread] {
        state->help_until(thread, [&] { return state->stop.load(std::memory_order_relaxed); });
      });
    }
  } catch (const std::exception&) {
    // A process limit was reached or memory ran out: continue with the threads that started.
  }
}

ThreadPool::ThreadPool(State& state, int leader)
    : state_(state), job_(state.team_of(leader)), thread_(leader) {}

ThreadPool::~ThreadPool() {
  if (own_ == nullptr) return;
  {
    const std::lock_guard lock(state_.mutex);
    state_.stop = true;
  }
  state_.wake.notify_all();
  for (std::thread& thread : state_.threads) thread.join();
}

int ThreadPool::size() const { return static_cast<int>(state_.threads.size()) + 1; }

void ThreadPool::run(std::int64_t count, FunctionRef<void(std::int64_t, int)> body) {
  if (state_.threads.empty() || count <= 1 || job_.is_running) {
    for (std::int64_t i = 0; i < count; ++i) body(i, 0);
    return;
  }
  state_.run(job_, thread_, count, body, false);
}

void ThreadPool::lead(std::int64_t count, FunctionRef<void(std::int64_t, int, ThreadPool&)> body) {
  if (state_.threads.empty() || count <= 1 || job_.is_running || own_ == nullptr) {
    for (std::int64_t i = 0; i < count; ++i) body(i, 0, *this);
    return;
  }
  const auto lead_one = [&](std::int64_t index, int worker) {
    ThreadPool team(state_, worker);
    body(index, worker, team);
  };
  state_.run(job_, thread_, count, lead_one, true);
}

void ThreadPool::help_until(FunctionRef<bool()> enough) {
  if (!state_.threads.empty()) state_.help_teams_until(thread_, enough);
}

void ThreadPool::wake_leaders() {
  {
    const std::lock_guard lock(state_.mutex);
    state_.wakes.fetch_add(1);
  }
  state_.wake.notify_all();
}

Ahead::Ahead(ThreadPool& pool, std::function<void()> work) : state_(pool.state_), work_(std::move(work)) {
  state_.offer(*this);
}

Ahead::~Ahead() {
  if (!done_.load(std::memory_order_acquire) && !state_.threads.empty() && !state_.take_back(*this))
    state_.await(*this);
}

void Ahead::perform() noexcept {
  try {
    work_();
  } catch (...) {
    error_ = std::current_exception();
  }
}

void Ahead::finish() {
  if (!done_.load(std::memory_order_acquire)) {
    if (state_.threads.empty() || state_.take_back(*this)) {
      perform();
      done_.store(true, std::memory_order_release);
    } else {
      state_.await(*this);
    }
  }
  if (error_) std::rethrow_exception(error_);
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
