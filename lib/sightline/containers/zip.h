// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// A member of a zip archive, as the central directory has it.
struct ZipEntry {
  std::string name;
  std::int64_t size = 0;         ///< of the content
  std::int64_t stored_size = 0;  ///< of its bytes in the file
  std::int64_t offset = 0;       ///< of these bytes from the beginning of the file
  std::uint32_t crc = 0;
  bool deflated = false;
};

/// The bytes of a member, their checksum right. Those of a stored member lie in the archive's own bytes, and
/// `owner` is null; those of a deflated one belong to `owner`.
struct ZipContent {
  ByteView bytes;
  std::shared_ptr<const void> owner;
};

/// A zip archive in memory (a mapped file), read strictly: what two readers could understand in two ways is
/// refused. Nothing is ever written to disk. Source: PKWARE's APPNOTE 6.3. Thread-safety: const = safe to
/// share.
class ZipArchive {
 public:
  /// Reads the central directory and every local header, not the content. `file` must outlive the archive;
  /// `subject` is its name for messages. Errors: magic; truncated (no end record); header (bytes before the
  /// first member or behind the end record, a directory that is no list of members); range (offsets and sizes
  /// that cannot be, members that overlap); limit (100,000 members, a directory of 64 MiB); unsupported
  /// (encryption, methods but stored and deflate, several disks); unsafe (names that lead out of a folder; a
  /// local header that differs from the directory); duplicate; utf8.
  ZipArchive(ByteView file, std::string_view subject);

  /// In bytewise order of their names.
  const std::vector<ZipEntry>& entries() const { return entries_; }
  /// The member called `name`, or nullptr. Valid as long as the archive.
  const ZipEntry* find(std::string_view name) const;
  /// Inflates what is deflated, and checks the checksum. Errors: limit when the content is larger than
  /// `max_bytes`; corrupt when it has not the size and checksum that the directory says; std::bad_alloc.
  ZipContent read(const ZipEntry& entry, std::int64_t max_bytes) const;

 private:
  ByteView file_;
  std::string subject_;
  std::vector<ZipEntry> entries_;
};

}  // namespace sightline
