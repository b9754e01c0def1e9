#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// A file mapped read-only. Shared, because views into it outlive the reader that opened it.
class MappedFile {
 public:
  /// Errors: missing, io; unsupported for anything but a regular file.
  static std::shared_ptr<const MappedFile> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  ByteView bytes() const { return bytes_; }
  const std::string& path() const { return path_; }

 private:
  MappedFile() = default;
  std::string path_;
  ByteView bytes_;
};

/// Reads a whole file; "-" is stdin. Never blocks on a FIFO, socket or device given by name: those are refused.
/// Files of /proc (size 0, but bytes) are read to their end.
/// Errors: missing, io, unsupported (not a regular file), limit (more than `limit` bytes), all with the path.
std::vector<std::byte> read_file(const std::string& path, std::int64_t limit);

/// An output that appears whole or not at all: bytes go to "<path>.part" beside the target and are renamed by
/// `commit`. "-", /dev/stdout, /dev/null and FIFOs are written directly. Not committed: the temporary file is removed.
class OutputFile {
 public:
  /// Opens at once, so that a bad path fails before any work.
  /// Errors: locked (exists and not `force`, or in use by another run), io (folder missing, read-only, a folder).
  OutputFile(const std::string& path, bool force);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Errors: no_space, io. An interrupted or short write is continued.
  void write(std::string_view bytes);
  /// Overwrites bytes already written (a header, say). Errors: io when the output is not seekable.
  void write_at(std::int64_t offset, std::string_view bytes);
  /// Flushes, fsyncs and renames. Nothing is published before this returns.
  void commit();

  bool seekable() const { return seekable_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::string target_;     ///< what is renamed onto: `path` with a symbolic link resolved
  std::string temporary_;  ///< empty when written directly
  std::string buffer_;
  int descriptor_ = -1;
  bool seekable_ = false;
  bool committed_ = false;

  void flush();
};

bool file_exists(const std::string& path);
bool is_directory(const std::string& path);
/// "a/b" from ("a", "b"); "b" from ("", "b").
std::string join_path(std::string_view folder, std::string_view name);

}  // namespace sightline
