// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sightline/base/bytes.h"

namespace sightline {

/// Reads consecutive numbers of a zip record. Errors: truncated, from `next`.
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

/// Whether `mark` is found at `offset`, which must not exceed the size.
inline bool has_zip_mark(ByteView bytes, std::size_t offset, std::string_view mark) {
  return as_text(bytes).substr(offset).starts_with(mark);
}

inline constexpr std::string_view kZipLocalMark("PK\3\4", 4), kZipEntryMark("PK\1\2", 4),
    kZipEndMark("PK\5\6", 4);
inline constexpr std::size_t kZipLocalBytes = 30, kZipEntryBytes = 46, kZipEndBytes = 22;
inline constexpr std::size_t kMaxZipComment = 0xFFFF;
/// The placeholder for a number that is stored in the zip64 record.
inline constexpr std::uint32_t kZipUnknown16 = 0xFFFF, kZipUnknown32 = 0xFFFFFFFF;

/// Location of the central directory, which ends where the end records begin.
struct ZipDirectoryPlace {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
};

/// Finds the directory from the end record and, if present, its zip64 form. Errors: as `ZipArchive`.
ZipDirectoryPlace find_zip_directory(ByteView file, std::string_view subject);

/// Throws `unsupported`: an archive split over several files.
[[noreturn]] void fail_zip_disks(std::string_view subject);

}  // namespace sightline
