// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// What a mapped file holds: a caller that finds one truncated while it is in use answers by it.
enum class MappedContent { weights, embeddings };

/// A file mapped read-only. Shared, because views into it outlive the reader that opened it.
/// Thread-safety: const = safe to share.
class MappedFile {
 public:
  /// Errors: missing; io; unsupported for anything but a regular file; limit for a path above 4,095 bytes.
  static std::shared_ptr<const MappedFile> open(const std::string& path,
                                                MappedContent content = MappedContent::weights);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  /// Valid as long as this object. Where another process truncates the file, reading what is gone raises
  /// SIGBUS: see `find_mapped_file`.
  ByteView bytes() const { return bytes_; }
  const std::string& path() const { return path_; }

 private:
  MappedFile() = default;
  std::string path_;
  ByteView bytes_;
};

/// A mapped file as a signal handler sees it.
struct MappedPlace {
  const char* path = nullptr;  ///< nullptr: none; cut after 511 bytes
  MappedContent content = MappedContent::weights;
};
/// The mapped file in which `address` lies. Async-signal-safe, so that a program's handler of SIGBUS can name
/// the file that was truncated while it was in use. Knows the first 256 mappings that are alive.
MappedPlace find_mapped_file(const void* address) noexcept;

/// While a pipe or a terminal keeps a read of stdin or an output waiting, `check` is called some ten times a
/// second, on the thread that waits; what it throws ends the wait. None at first. For `main`, before any
/// file.
void set_wait_check(void (*check)());

/// Reads a whole file; "-" and /dev/stdin are stdin. Never blocks on a FIFO, socket or device given by name:
/// those are refused. Files of /proc (size 0, but bytes) are read to their end. Errors: missing, io,
/// unsupported (not a regular file), limit (more than `limit` bytes), all with the path.
std::vector<std::byte> read_file(const std::string& path, std::int64_t limit);

/// An output that appears whole or not at all: bytes go to "<path>.part" beside the target and are renamed by
/// `commit`. "-", /dev/stdout, devices and FIFOs are written directly. Not committed: the temporary file is
/// removed.
class OutputFile {
 public:
  /// Opens at once, so that a bad path fails before any work. A new file gets the mode that umask allows, one
  /// that is replaced keeps its mode; a symbolic link is kept and its target replaced. Errors: locked (exists
  /// and not `force`, or in use by another run), io (folder missing, read-only, a folder).
  OutputFile(const std::string& path, bool force);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Buffered in 64 KiB. An interrupted or short write is continued. Errors: no_space, io; after one,
  /// `commit` cannot succeed.
  void write(std::string_view bytes);
  /// Overwrites bytes already written (a header, say). Errors: io when the output is not seekable, no_space.
  void write_at(std::int64_t offset, std::string_view bytes);
  /// Makes room for `bytes` more and gives the offset of the first: to be filled by `write_reserved`. Errors:
  /// as `write_at`.
  std::int64_t reserve(std::int64_t bytes);
  /// Writes into what was reserved, unbuffered. Thread-safe beside other calls of itself. Errors: as `write`.
  void write_reserved(std::int64_t offset, std::string_view bytes);
  /// Hands the buffer to the operating system: what a reader of a pipe should see now. Errors: as `write`.
  void flush();
  /// Flushes where somebody may be waiting for the bytes: a pipe, a socket, a terminal or another device. A
  /// file on a disk stays buffered. To be called when a few rows are complete. Errors: as `write`.
  void flush_to_reader();
  /// All of `commit` but the renaming: outputs that belong together are settled, all of them, before the
  /// first is published. Errors: as `write`.
  void settle();
  /// Flushes, fsyncs, checks the length, renames and fsyncs the folder. Nothing is published before this
  /// returns. Errors: as `write`; locked when the target came into being meanwhile and `force` was not given.
  void commit();

  /// Whether `write_at` works: true but for what is written directly.
  bool seekable() const { return seekable_; }
  /// Bytes given to `write` so far.
  std::int64_t size() const { return size_; }
  const std::string& path() const { return path_; }
  /// Where the bytes lie until `commit`: what is flushed can be read there.
  const std::string& written_path() const { return temporary_.empty() ? path_ : temporary_; }

 private:
  void open_direct();
  void open_temporary();
  bool try_temporary();
  void check_failed() const;
  void write_all(const char* data, std::size_t count, std::int64_t offset);
  void start_writing_back();

  std::string path_;
  std::string target_;     ///< what is renamed onto: `path` with symbolic links resolved
  std::string temporary_;  ///< empty when written directly
  std::string buffer_;
  std::int64_t size_ = 0;
  std::atomic<std::int64_t> written_ = 0;  ///< given to the kernel since it was last asked to write them back
  int descriptor_ = -1;
  int old_mode_ = -1;  ///< of the file to be replaced, -1 when there is none
  bool force_ = false;
  bool seekable_ = false;
  bool may_wait_ = false;  ///< a pipe, socket, device or terminal
  std::atomic<bool> failed_ = false;
  std::atomic<bool> settled_ = false;  ///< nothing was written since
  bool committed_ = false;
};

/// Whether something is there, following symbolic links. True where that cannot be found out (no permission,
/// a server that does not answer): opening it says why.
bool file_exists(const std::string& path);
bool is_directory(const std::string& path);
/// Whether both are there and are the same file, by whatever names: an output that would overwrite its input.
bool same_file(const std::string& a, const std::string& b);
/// "a/b" from ("a", "b"); "b" from ("", "b").
std::string join_path(std::string_view folder, std::string_view name);

}  // namespace sightline
