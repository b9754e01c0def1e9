// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/base/hash.h"
#include "sightline/files/descriptor.h"
#include "sightline/files/temporary_file.h"

namespace sightline {

/// The content of a mapped file. A program that finds the file truncated while in use reports it accordingly.
enum class MappedContent { weights, embeddings, tokenizer };

/// A file mapped read-only. It is shared because views into it outlive the reader that opened it.
/// Thread-safety: const = safe to share.
class MappedFile {
 public:
  /// Errors: missing; io; unsupported if `path` is not a regular file; limit for a path above 4,095 bytes.
  static std::shared_ptr<const MappedFile> open(const std::string& path,
                                                MappedContent content = MappedContent::weights);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  /// Valid as long as this object. If another process truncates the file, reading the lost bytes raises
  /// SIGBUS; see `find_mapped_file`.
  ByteView bytes() const { return bytes_; }
  const std::string& path() const { return path_; }
  /// Advisory: unmaps the pieces of 2 MiB that begin in [offset, offset + size), which are mapped again when
  /// they are read. The thread that has read a large range calls it, so that the threads of a run share the
  /// work that would be done by one at the end, and the resident part of the file stays small.
  void release(std::size_t offset, std::size_t size) const;

 private:
  MappedFile() = default;
  std::string path_;
  ByteView bytes_;
};

/// A mapped file, in a form that a signal handler can use.
struct MappedPlace {
  const char* path = nullptr;  ///< truncated to 511 bytes; nullptr if there is none
  MappedContent content = MappedContent::weights;
};
/// The mapped file that contains `address`. Async-signal-safe, so that a program's SIGBUS handler can name
/// the file that was truncated while in use. Covers the first 256 live mappings.
MappedPlace find_mapped_file(const void* address) noexcept;

/// Sets a function that is called about ten times a second while a read of stdin or an output waits for a
/// pipe or terminal, and while a long input is read or passed over. It runs on the waiting thread; an
/// exception from it ends the operation. Call this from `main` before any file is opened.
void set_wait_check(void (*check)());

/// Tells versions of a file apart.
struct FileStamp {
  std::int64_t size = 0;      ///< bytes
  std::int64_t mtime_ns = 0;  ///< time of the last modification in nanoseconds since 1970
  bool operator==(const FileStamp&) const = default;
};
/// The stamp of the file at `path`, following links. Nothing if it is not a regular file, cannot be examined,
/// or has a time that does not fit.
std::optional<FileStamp> stamp_of(const std::string& path);

/// Reads a whole file. A FIFO, socket or device given by name is rejected, so
/// the call never blocks on one. Files in /proc, whose reported size is 0, are read to their end.
/// `stamp`: receives that of the bytes, or nothing if the file was changed while it was read.
/// Errors: missing, io, unsupported (not a regular file), limit (more than `limit` bytes), all with the path.
std::vector<std::byte> read_file(const std::string& path, std::int64_t limit,
                                 std::optional<FileStamp>* stamp = nullptr);
/// As `read_file`, but "-" and /dev/stdin are stdin, which only the program reads and which has no stamp.
/// Errors: as `read_file`.
std::vector<std::byte> read_input(const std::string& path, std::int64_t limit,
                                  std::optional<FileStamp>* stamp = nullptr);

/// An output file that is published atomically: bytes are written to "<path>.part" next to the target, which
/// `commit` renames. "-", /dev/stdout, devices and FIFOs are written directly. Without `commit`, the
/// temporary file is removed, and an output that is written directly keeps all bytes passed to `write`.
class OutputFile {
 public:
  /// Opens the output immediately, so that a bad path is reported before any work is done. A new file gets
  /// the mode that the umask allows; a replaced file keeps its mode; the target of a symbolic link is
  /// replaced, not the link.
  /// Errors: locked (the file exists and `force` is false, or another process is writing it), io (missing
  /// folder, read-only file system, a folder).
  /// With Leftover::reopen, an existing temporary file is opened with its contents, and stays if it is not
  /// committed (`keep`); call `continue_at` before the first write. Errors: locked also if it is linked
  /// elsewhere or of another owner, or if its file system does not support locks and `force` is false.
  OutputFile(const std::string& path, bool force, Leftover leftover = Leftover::remove);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Writes through a buffer of 64 KiB, or, to a file, in aligned blocks of 2 MiB, which the page cache keeps
  /// in one piece; continues interrupted or partial writes. Errors: no_space, io; after an error, `commit`
  /// fails.
  void write(std::string_view bytes);
  /// Overwrites bytes that were already written, such as a header. Errors: io if the output is not seekable,
  /// no_space.
  void write_at(std::int64_t offset, std::string_view bytes);
  /// Extends the file by `bytes` and returns the offset of the first one, to be filled by `write_reserved`.
  /// Errors: as `write_at`.
  std::int64_t reserve(std::int64_t bytes);
  /// Writes into a reserved range, unbuffered. Concurrent calls are safe. Errors: as `write`.
  void write_reserved(std::int64_t offset, std::string_view bytes);
  /// Cuts the temporary file off after `size` bytes, which must exist; `write` continues there. Errors:
  /// range, io.
  void continue_at(std::int64_t size);
  /// The hash that each later `write` updates, but not `write_at`; null: none. It must outlive the writes.
  void update_hash(Hash128* hash) { hash_ = hash; }
  /// Waits until all bytes written so far are on the disk, and returns their number. Errors: as `write`;
  /// missing if the temporary file was removed or replaced.
  std::int64_t sync();
  /// From now on, the temporary file stays if it is not committed; with false, it does not.
  void keep(bool kept = true) {
    if (temporary_) temporary_->keep(kept);
  }
  /// Passes the buffer to the operating system, so that the reader of a pipe sees it now. Errors: as `write`.
  void flush();
  /// Flushes outputs that may have a waiting reader: pipes, sockets, terminals and other devices. A file on a
  /// disk stays buffered. Call it whenever a few rows are complete. Errors: as `write`.
  void flush_to_reader();
  /// Refuses a target that another process created during this run, unless `force` was given. Errors: locked.
  void check_target() const {
    if (temporary_) temporary_->check_target();
  }
  /// Does everything that `commit` does except the renaming. A run with several outputs calls it for each of
  /// them before it publishes the first. Errors: as `write`.
  void prepare_commit();
  /// Flushes and fsyncs the file, checks its length, renames it and fsyncs the folder. Nothing is published
  /// before this returns. Errors: as `write`; locked if another process created the target during this run
  /// and `force` is false.
  void commit();

  /// Whether `write_at` is available: true unless the output is written directly.
  bool seekable() const { return temporary_.has_value(); }
  /// Number of bytes passed to `write` so far.
  std::int64_t size() const { return size_; }
  const std::string& path() const { return path_; }
  /// The path of the data before `commit`; flushed bytes can be read from there.
  const std::string& written_path() const { return temporary_ ? temporary_->path() : path_; }

 private:
  void open_direct();
  void check_size();
  void sync_to_disk(bool data_only);
  void check_failed() const;
  void flush_uncommitted() noexcept;
  void write_blocks(std::int64_t begin, std::string_view bytes);
  void write_all(const char* data, std::size_t count, std::int64_t offset);
  void start_writing_back();

  std::string path_;
  std::optional<TemporaryFile> temporary_;  ///< nothing if the output is written directly
  std::string buffer_;
  Hash128* hash_ = nullptr;
  std::int64_t size_ = 0;
  std::atomic<std::int64_t> written_ = 0;  ///< bytes written since the last start of write-back
  Descriptor opened_;                      ///< a FIFO or device
  int descriptor_ = -1;                    ///< of any kind
  bool may_wait_ = false;                  ///< the output is a pipe, socket, device or terminal
  std::atomic<bool> failed_ = false;
  std::atomic<bool> synced_ = false;  ///< all bytes written so far are on the disk
  bool committed_ = false;
};

/// Whether the path exists, following symbolic links. Also true if that cannot be determined (permission
/// denied, or a server that does not answer); opening the file then reports the reason.
bool file_exists(const std::string& path);
bool is_directory(const std::string& path);
/// Whether both paths exist and name the same file; detects an output that would overwrite its input.
bool same_file(const std::string& a, const std::string& b);
/// "a/b" from ("a", "b"); "b" from ("", "b").
std::string join_path(std::string_view folder, std::string_view name);

}  // namespace sightline
