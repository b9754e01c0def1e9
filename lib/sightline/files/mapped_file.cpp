// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "sightline/files/file.h"
#include "sightline/files/regular_file.h"
#include "sightline/files/system_error.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxWatchedRanges = 256;
constexpr std::size_t kMaxWatchedPathBytes = 512;
constexpr std::size_t kPieceBytes = 2 << 20;  // the size of a huge page

// The data that a signal handler reads: plain memory; an entry is valid while `begin` is not 0.
struct WatchedRange {
  std::atomic<std::uintptr_t> begin = 0;
  std::atomic<std::size_t> size = 0;
  std::array<char, kMaxWatchedPathBytes> path{};
  MappedContent content = MappedContent::weights;
};

std::array<WatchedRange, kMaxWatchedRanges> watched;
std::mutex watched_mutex;

void add_watch(ByteView bytes, const std::string& path, MappedContent content) {
  const std::lock_guard lock(watched_mutex);
  for (WatchedRange& range : watched) {
    if (range.begin != 0) continue;
    range.path.fill('\0');
    path.copy(range.path.data(), kMaxWatchedPathBytes - 1);
    range.content = content;
    range.size = bytes.size();
    range.begin = reinterpret_cast<std::uintptr_t>(bytes.data());
    return;
  }
}

void remove_watch(ByteView bytes) {
  const std::lock_guard lock(watched_mutex);
  for (WatchedRange& range : watched) {
    if (range.begin == reinterpret_cast<std::uintptr_t>(bytes.data())) range.begin = 0;
  }
}

}  // namespace

MappedPlace find_mapped_file(const void* address) noexcept {
  const auto target = reinterpret_cast<std::uintptr_t>(address);
  for (const WatchedRange& range : watched) {
    const std::uintptr_t begin = range.begin;
    if (begin != 0 && target >= begin && target - begin < range.size)
      return {range.path.data(), range.content};
  }
  return {};
}

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& path, MappedContent content) {
  const RegularFile file = open_regular(path);
  std::shared_ptr<MappedFile> mapped(new MappedFile);  // NOLINT: the constructor is private
  mapped->path_ = path;
  if (file.size == 0) return mapped;
  const auto size = static_cast<std::size_t>(file.size);
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor.get(), 0);
  if (memory == MAP_FAILED) fail_input(path, "cannot be mapped", errno);
#ifdef MADV_HUGEPAGE
  // Advisory: the file is read in larger pieces that map as huge pages, now and in later runs. Page faults
  // were a quarter of the time of the first image.
  ::madvise(memory, size, MADV_HUGEPAGE);
#endif
  mapped->bytes_ = {static_cast<const std::byte*>(memory), size};
  add_watch(mapped->bytes_, path, content);
  return mapped;
}

void MappedFile::release(std::size_t offset, std::size_t size) const {
#ifdef MADV_DONTNEED
  // Whole pieces, because a huge page that is released in part would be mapped again.
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes_.data()), end = begin + bytes_.size();
  const auto piece_at = [&](std::size_t position) {
    const std::uintptr_t address = begin + std::min(position, bytes_.size());
    return address == end ? end : std::max(address / kPieceBytes * kPieceBytes, begin);
  };
  const std::uintptr_t first = piece_at(offset), last = piece_at(offset + size);
  if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);  // NOLINT
#endif
}

MappedFile::~MappedFile() {
  if (bytes_.empty()) return;
  remove_watch(bytes_);
  ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace sightline
