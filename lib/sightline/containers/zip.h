// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// A member of a zip archive, as listed in the central directory.
struct ZipEntry {
  std::string name;
  std::int64_t size = 0;         ///< uncompressed size
  std::int64_t stored_size = 0;  ///< compressed size
  std::int64_t offset = 0;       ///< offset of the data from the start of the file
  std::uint32_t crc = 0;
  bool deflated = false;
};

/// The content of a member, with a verified checksum. A stored member is a view into the archive, and `owner`
/// is null; `owner` holds the content of a deflated member.
struct ZipContent {
  ByteView bytes;
  std::shared_ptr<const void> owner;
};

/// A zip archive in memory (a mapped file). Parsing is strict: anything that two readers could interpret
/// differently is rejected. Nothing is ever written to disk. Source: PKWARE's APPNOTE 6.3. Thread-safety:
/// const = safe to share.
class ZipArchive {
 public:
  /// Reads the central directory and every local header, not the content. `file` must outlive the archive;
  /// `subject` is its name for messages. Errors: magic; truncated (no end record); header (bytes before the
  /// first member or after the end record, a malformed directory); range (impossible offsets and sizes,
  /// members that overlap); limit (100,000 members, a directory of 64 MiB); unsupported (encryption, methods
  /// other than stored and deflate, multiple disks); unsafe (names that lead out of a folder; a local header
  /// that differs from the directory); duplicate; utf8.
  ZipArchive(ByteView file, std::string_view subject);

  /// In bytewise order of their names.
  const std::vector<ZipEntry>& entries() const { return entries_; }
  /// The member with this name, or nullptr. Valid as long as the archive.
  const ZipEntry* find(std::string_view name) const;
  /// Returns the content of a member, inflated if necessary, after verifying its checksum. Errors: limit if
  /// the content is larger than `max_bytes`; corrupt if the size or checksum differs from the directory;
  /// std::bad_alloc.
  ZipContent read(const ZipEntry& entry, std::int64_t max_bytes) const;

 private:
  ByteView file_;
  std::string subject_;
  std::vector<ZipEntry> entries_;
};

}  // namespace sightline
