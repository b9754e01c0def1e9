// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "sightline/base/error.h"
#include "sightline/containers/zip_records.h"

namespace sightline {
namespace {

constexpr std::uint64_t kMaxEntries = 100'000;
constexpr std::uint64_t kMaxDirectoryBytes = 64 << 20;
constexpr std::string_view kEnd64Mark("PK\6\6", 4), kLocator64Mark("PK\6\7", 4);
constexpr std::size_t kEnd64Bytes = 56, kLocator64Bytes = 20;

struct Directory {
  ZipDirectoryPlace place;
  std::size_t end = 0;  ///< offset of the first end record
};

// Finds the end record whose comment ends at the end of the file.
std::size_t find_end(ByteView file, std::string_view subject) {
  std::optional<std::size_t> found;
  bool is_cut = false, seen = false;
  const std::size_t size = file.size();
  const std::size_t first = size > kZipEndBytes + kMaxZipComment ? size - kZipEndBytes - kMaxZipComment : 0;
  for (std::size_t at = size; at-- > first;) {
    if (!has_zip_mark(file, at, kZipEndMark)) continue;
    seen = true;
    if (size - at < kZipEndBytes) {
      is_cut = true;
      continue;
    }
    const std::size_t end = at + kZipEndBytes + load_le<std::uint16_t>(file, at + 20, subject);
    is_cut = is_cut || end > size;
    if (end != size) continue;
    if (found) fail(ErrorCode::header, subject, "has two end records of a zip archive, expected one");
    found = at;
  }
  if (found) return *found;
  if (!seen || is_cut) {
    fail(ErrorCode::truncated, subject, "ends before the end record of its zip archive");
  }
  fail(ErrorCode::header, subject, "continues after the end record of its zip archive");
}

Directory read_end(ByteView file, std::size_t at, std::string_view subject) {
  ZipFields fields(file, at + 4, subject);
  const auto disk = fields.next<std::uint16_t>(), directory_disk = fields.next<std::uint16_t>();
  const auto here = fields.next<std::uint16_t>(), entries = fields.next<std::uint16_t>();
  if (disk != directory_disk || here != entries || (disk != 0 && disk != kZipUnknown16))
    fail_zip_disks(subject);
  const auto size = fields.next<std::uint32_t>(), offset = fields.next<std::uint32_t>();
  return {{entries, size, offset}, at};
}

Directory read_end64(ByteView file, std::size_t locator, std::string_view subject) {
  ZipFields place(file, locator + 4, subject);
  const auto disk = place.next<std::uint32_t>();
  const auto at = place.next<std::uint64_t>();
  const auto disks = place.next<std::uint32_t>();
  if (disk != 0 || disks > 1) fail_zip_disks(subject);
  if (at > locator || locator - at < kEnd64Bytes ||
      !has_zip_mark(file, static_cast<std::size_t>(at), kEnd64Mark)) {
    fail(ErrorCode::range, subject,
         "has its zip64 end record at " + std::to_string(at) + ", where there is none");
  }
  ZipFields fields(file, static_cast<std::size_t>(at) + 4, subject);
  const auto rest = fields.next<std::uint64_t>();
  if (rest != locator - at - 12) {
    fail(ErrorCode::header, subject,
         "has a zip64 end record of " + std::to_string(rest) + " bytes, expected " +
             std::to_string(locator - at - 12));
  }
  fields.skip(4);  // versions
  if (fields.next<std::uint32_t>() != 0 || fields.next<std::uint32_t>() != 0) fail_zip_disks(subject);
  const auto here = fields.next<std::uint64_t>(), entries = fields.next<std::uint64_t>();
  if (here != entries) fail_zip_disks(subject);
  const auto size = fields.next<std::uint64_t>(), offset = fields.next<std::uint64_t>();
  return {{entries, size, offset}, static_cast<std::size_t>(at)};
}

// The two records must agree, unless the older one refers to the newer one for a number.
void check_agreement(const ZipDirectoryPlace& end, const ZipDirectoryPlace& end64, std::string_view subject) {
  const bool agree = (end.entries == kZipUnknown16 || end.entries == end64.entries) &&
                     (end.size == kZipUnknown32 || end.size == end64.size) &&
                     (end.offset == kZipUnknown32 || end.offset == end64.offset);
  if (!agree)
    fail(ErrorCode::header, subject, "has two end records that differ, expected the same directory");
}

}  // namespace

void fail_zip_disks(std::string_view subject) {
  fail(ErrorCode::unsupported, subject, "is one of several disks of a zip archive, expected one file");
}

ZipDirectoryPlace find_zip_directory(ByteView file, std::string_view subject) {
  const std::size_t at = find_end(file, subject);
  auto [directory, end] = read_end(file, at, subject);
  if (at >= kLocator64Bytes && has_zip_mark(file, at - kLocator64Bytes, kLocator64Mark)) {
    const Directory wide = read_end64(file, at - kLocator64Bytes, subject);
    check_agreement(directory, wide.place, subject);
    directory = wide.place;
    end = wide.end;
  } else if (directory.entries == kZipUnknown16 || directory.size == kZipUnknown32 ||
             directory.offset == kZipUnknown32) {
    fail(ErrorCode::range, subject, "refers to a zip64 end record that does not exist");
  }
  if (directory.entries > kMaxEntries || directory.size > kMaxDirectoryBytes) {
    fail(ErrorCode::limit, subject,
         "has a directory of " + std::to_string(directory.entries) + " members and " +
             std::to_string(directory.size) + " bytes, at most 100000 and 64 MiB are accepted");
  }
  if (directory.offset > end || directory.size > end - directory.offset ||
      directory.entries > directory.size / kZipEntryBytes) {
    fail(ErrorCode::range, subject,
         "has its directory of " + std::to_string(directory.entries) + " members at " +
             std::to_string(directory.offset) + ", " + std::to_string(directory.size) + " bytes, expected " +
             "before the end record at " + std::to_string(end));
  }
  if (directory.offset + directory.size != end) {
    fail(ErrorCode::header, subject, "has bytes between its directory and its end record, expected none");
  }
  return directory;
}

}  // namespace sightline
