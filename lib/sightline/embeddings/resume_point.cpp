// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/resume_point.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "sightline/containers/npy.h"
#include "sightline/files/regular_file.h"
#include "sightline/files/system_error.h"

namespace sightline {
namespace {

constexpr std::size_t kChunk = 1 << 20;

/// The header of an array is not hashed, because it is completed at the end.
std::int64_t hash_begin(std::size_t number) {
  return number == kArrayFile ? static_cast<std::int64_t>(kNpyHeaderBytes) : 0;
}

/// Reads one file forward, from record to record.
class HashedPrefix {
 public:
  HashedPrefix(std::string path, std::size_t number) : path_(std::move(path)), begin_(hash_begin(number)) {
    restart();
    if (path_.empty()) return;
    RegularFile opened = open_regular(path_);
    file_ = std::move(opened.descriptor);
    size_ = opened.size;
  }

  /// Whether the file begins with the recorded bytes. Call it with growing sizes.
  bool agrees(const RecordedFile& recorded) {
    if (path_.empty()) return recorded == RecordedFile{};
    if (recorded.size < begin_ || recorded.size > size_) return false;
    read_up_to(recorded.size);
    return position_ == recorded.size && hash_->digest() == recorded.hash;
  }

  std::int64_t size() const { return size_; }

  /// The hash of the first `size` bytes, which were read before.
  std::unique_ptr<Hash128> hash_of(std::int64_t size) {
    if (position_ != size && !path_.empty()) {
      restart();
      read_up_to(size);
    }
    return std::move(hash_);
  }

 private:
  void restart() {
    hash_ = std::make_unique<Hash128>();
    position_ = begin_;
  }

  void read_up_to(std::int64_t end) {
    buffer_.resize(kChunk);
    while (position_ < end) {
      const auto wanted = static_cast<std::size_t>(std::min<std::int64_t>(kChunk, end - position_));
      const ssize_t count = ::pread(file_.get(), buffer_.data(), wanted, position_);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail_output(path_, "cannot be read", errno);
      if (count == 0) return;  // shorter than it was
      hash_->update(std::span(buffer_).first(static_cast<std::size_t>(count)));
      position_ += count;
    }
  }

  std::string path_;
  std::int64_t begin_, size_ = 0, position_ = 0;
  Descriptor file_;
  std::unique_ptr<Hash128> hash_;
  std::vector<std::byte> buffer_;
};

}  // namespace

JournalHashes new_journal_hashes() {
  JournalHashes hashes;
  for (auto& hash : hashes) hash = std::make_unique<Hash128>();
  return hashes;
}

std::optional<ResumePoint> find_resume_point(JournalReader& journal, const JournalPaths& paths) {
  std::vector<HashedPrefix> files;
  for (std::size_t i = 0; i < paths.size(); ++i) files.emplace_back(paths[i], i);
  std::optional<ResumePoint> point;
  for (JournalRecord record; journal.next(record);) {
    bool good = true;
    for (std::size_t i = 0; good && i < files.size(); ++i) good = files[i].agrees(record.files[i]);
    if (!good) break;
    if (!point) point.emplace();
    point->record = record;
    point->journal_offset = journal.offset();
  }
  if (!point) return std::nullopt;
  for (std::size_t i = 0; i < files.size(); ++i)
    point->hashes[i] = files[i].hash_of(point->record.files[i].size);
  return point;
}

bool is_recorded_file(const std::string& path, const RecordedFile& recorded, JournalFileNumber number) {
  HashedPrefix file(path, number);
  return file.size() == recorded.size && file.agrees(recorded);
}

}  // namespace sightline
