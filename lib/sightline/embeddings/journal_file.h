// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sightline/embeddings/journal.h"
#include "sightline/files/descriptor.h"

namespace sightline {

/// The journal of a run, locked as long as it is open. It is removed at the end, unless it was kept.
class JournalFile {
 public:
  /// Creates an empty journal for a new run, in place of an existing one. Errors: locked (in use), no_space,
  /// io.
  static JournalFile create(const std::string& path);
  /// Opens an existing journal, which is then kept, or nothing. Errors: locked, also if it is not a regular
  /// file of this user, or if its file system does not support locks and `force` is false; io.
  static std::optional<JournalFile> open(const std::string& path, bool force);

  JournalFile(JournalFile&&) noexcept = default;
  JournalFile& operator=(JournalFile&&) = delete;
  ~JournalFile();

  const std::string& path() const { return path_; }
  /// The contents, up to `kMaxJournalBytes`; what lies behind is cut off. Errors: io.
  std::vector<std::byte> read() const;

  /// Writes the header of a run, instead of all contents. Errors: no_space, io.
  void start(const RunDescription& description);
  /// Cuts the file off at `offset`, behind the record `last` of a journal with this header; `append`
  /// continues there. Errors: io.
  void continue_after(std::string_view header, std::int64_t offset, std::int64_t last);
  /// Appends a record, with the next number, and waits until it is on the disk. After an error, the record is
  /// cut off, and nothing is appended any more. Errors: no_space, io.
  void append(JournalRecord record);
  bool is_started() const { return !header_.empty(); }

  void keep() { keep_ = true; }
  /// Removes the file. Errors: io.
  void remove();

 private:
  JournalFile(std::string path, Descriptor file, bool keep)
      : path_(std::move(path)), file_(std::move(file)), keep_(keep) {}
  void write(std::string_view bytes);
  void cut(std::int64_t size);

  std::string path_;
  Descriptor file_;
  std::string header_;
  std::int64_t size_ = 0, last_ = 0;
  bool keep_ = false, failed_ = false;
};

/// Whether another process has the journal at `path` open and locked.
bool is_journal_in_use(const std::string& path);

/// The last good record of the journal at `path`, which is not locked; number 0 if there is none, and for a
/// file that is not a journal. Errors: those of `read_file`.
JournalRecord last_record_of(const std::string& path);
/// The same for the contents of a journal.
JournalRecord last_record_of(ByteView journal);

}  // namespace sightline
