// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sightline/base/bytes.h"

namespace sightline {

/// Numbers one behind the other in a record of a zip archive. Errors: truncated, from `next`.
class ZipFields {
 public:
  /// `bytes` and `subject` must outlive it.
  ZipFields(ByteView bytes, std::size_t offset, std::string_view subject)
      : bytes_(bytes), offset_(offset), subject_(subject) {}
  template <class T>
  T next() {
    const T value = load_le<T>(bytes_, offset_, subject_);
    offset_ += sizeof(T);
    return value;
  }
  ZipFields& skip(std::size_t count) {
    offset_ += count;
    return *this;
  }

 private:
  ByteView bytes_;
  std::size_t offset_;
  std::string_view subject_;
};

/// Whether `mark` stands at `offset`, which must not be behind the end.
inline bool has_zip_mark(ByteView bytes, std::size_t offset, std::string_view mark) {
  return as_text(bytes).substr(offset).starts_with(mark);
}

inline constexpr std::string_view kZipLocalMark("PK\3\4", 4), kZipEntryMark("PK\1\2", 4),
    kZipEndMark("PK\5\6", 4);
inline constexpr std::size_t kZipLocalBytes = 30, kZipEntryBytes = 46, kZipEndBytes = 22;
inline constexpr std::size_t kMaxZipComment = 0xFFFF;
/// What stands where the zip64 record has the number.
inline constexpr std::uint32_t kZipUnknown16 = 0xFFFF, kZipUnknown32 = 0xFFFFFFFF;

/// Where the central directory lies: it ends where the end records begin.
struct ZipDirectoryPlace {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
};

/// By the end record and, where there is one, its zip64 form. Errors: as `ZipArchive`.
ZipDirectoryPlace find_zip_directory(ByteView file, std::string_view subject);

/// Throws `unsupported`: an archive in several files.
[[noreturn]] void fail_zip_disks(std::string_view subject);

}  // namespace sightline
