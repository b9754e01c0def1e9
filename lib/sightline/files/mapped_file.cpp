// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>

#include "sightline/files/file.h"
#include "sightline/files/regular_file.h"
#include "sightline/files/system_error.h"

namespace sightline {
namespace {

constexpr std::size_t kWatchedRanges = 256;
constexpr std::size_t kWatchedPath = 512;
constexpr int kWeightsRefused = 5;  // docs/cli.md, exit status

// What the signal handler may look at: plain memory, an entry being valid while `begin` is not 0.
struct WatchedRange {
  std::atomic<std::uintptr_t> begin = 0;
  std::atomic<std::size_t> size = 0;
  std::array<char, kWatchedPath> path{};
};

std::array<WatchedRange, kWatchedRanges> watched;
std::mutex watched_mutex;

void watch(ByteView bytes, const std::string& path) {
  const std::lock_guard lock(watched_mutex);
  for (WatchedRange& range : watched) {
    if (range.begin != 0) continue;
    range.path.fill('\0');
    path.copy(range.path.data(), kWatchedPath - 1);
    range.size = bytes.size();
    range.begin = reinterpret_cast<std::uintptr_t>(bytes.data());
    return;
  }
}

void forget(ByteView bytes) {
  const std::lock_guard lock(watched_mutex);
  for (WatchedRange& range : watched) {
    if (range.begin == reinterpret_cast<std::uintptr_t>(bytes.data())) range.begin = 0;
  }
}

void say(const char* text, std::size_t size) {
  // Nothing sensible is left to do when stderr refuses.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, size);
}

// Control bytes of a path must not reach a terminal.
void say_path(const std::array<char, kWatchedPath>& path) {
  std::array<char, kWatchedPath> clean{};
  std::size_t size = 0;
  for (; size < path.size() && path[size] != '\0'; ++size) {
    const auto byte = static_cast<unsigned char>(path[size]);
    clean[size] = byte < 0x20 || byte == 0x7F ? '?' : path[size];
  }
  say(clean.data(), size);
}

extern "C" void on_sigbus(int signal, siginfo_t* info, void* /*context*/) {
  constexpr std::string_view kBefore = "sightline: error[IO] ";
  constexpr std::string_view kAfter = ": weights changed while in use\n";
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  for (const WatchedRange& range : watched) {
    const std::uintptr_t begin = range.begin;
    if (begin == 0 || address < begin || address - begin >= range.size) continue;
    say(kBefore.data(), kBefore.size());
    say_path(range.path);
    say(kAfter.data(), kAfter.size());
    ::_exit(kWeightsRefused);
  }
  ::signal(signal, SIG_DFL);
  ::raise(signal);  // ends the process as it would have, once this handler returns
}

}  // namespace

void install_sigbus_guard() {
  struct sigaction action {};
  action.sa_sigaction = on_sigbus;
  action.sa_flags = SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& path) {
  const RegularFile file = open_regular(path);
  std::shared_ptr<MappedFile> mapped(new MappedFile);  // NOLINT: the constructor is private
  mapped->path_ = path;
  if (file.size == 0) return mapped;
  const auto size = static_cast<std::size_t>(file.size);
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor.get(), 0);
  if (memory == MAP_FAILED) fail_input(path, "cannot be mapped", errno);
#ifdef MADV_HUGEPAGE
  // A hint: the file is read from the disk in pieces that the processor maps whole, now and in later runs.
  // Page faults were a quarter of the time of a first image.
  ::madvise(memory, size, MADV_HUGEPAGE);
#endif
  mapped->bytes_ = {static_cast<const std::byte*>(memory), size};
  watch(mapped->bytes_, path);
  return mapped;
}

MappedFile::~MappedFile() {
  if (bytes_.empty()) return;
  forget(bytes_);
  ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace sightline
