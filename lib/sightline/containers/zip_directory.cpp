// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/zip_directory.h"

#include <algorithm>
#include <optional>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/zip_records.h"

namespace sightline {
namespace {

constexpr std::uint64_t kMaxInflation = 1032;  // maximum of deflate: 258 bytes from two bits
constexpr std::uint16_t kDescriptorFlag = 0x0008;
// The accepted flags: deflate levels, a data descriptor, UTF-8 names. The others mean encryption or patches.
constexpr std::uint16_t kKnownFlags = 0x0006 | kDescriptorFlag | 0x0800;
constexpr std::uint16_t kStored = 0, kDeflated = 8;
constexpr std::uint16_t kZip64Extra = 1;

// The numbers of an entry before validation.
struct RawEntry {
  std::string_view name;
  ByteView extra;
  std::uint16_t flags = 0, method = 0;
  std::uint32_t crc = 0;
  std::uint64_t stored_size = 0, size = 0, offset = 0;
};

std::string of_entry(std::string_view subject, std::string_view name) {
  return std::string(subject).append(": ").append(name);
}

// Reads the zip64 extra field, if present: eight bytes for each number that did not fit into the record.
ByteView zip64_extra(ByteView extra, const std::string& subject) {
  std::optional<ByteView> found;
  while (extra.size() >= 4) {
    const auto id = load_le<std::uint16_t>(extra, 0, subject);
    const std::size_t size = load_le<std::uint16_t>(extra, 2, subject);
    if (size > extra.size() - 4) break;
    if (id == kZip64Extra) {
      if (found) fail(ErrorCode::duplicate, subject, "has two zip64 fields, expected one");
      found = extra.subspan(4, size);
    }
    extra = extra.subspan(4 + size);
  }
  if (!extra.empty()) fail(ErrorCode::header, subject, "has an extra field that ends outside its record");
  return found.value_or(ByteView{});
}

void widen(RawEntry& entry, const std::string& subject) {
  const ByteView wide = zip64_extra(entry.extra, subject);
  std::size_t at = 0;
  for (std::uint64_t* number : {&entry.size, &entry.stored_size, &entry.offset}) {
    if (*number != kZipUnknown32) continue;
    if (wide.size() - at < 8) fail(ErrorCode::range, subject, "refers to a zip64 field that does not exist");
    *number = load_le<std::uint64_t>(wide, at, subject);
    at += 8;
  }
}

bool leads_out(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find_first_of(std::string_view("\\\0", 2)) != name.npos)
    return true;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t slash = std::min(name.find('/', at), name.size());
    if (name.substr(at, slash - at) == "..") return true;
    at = slash + 1;
  }
  return false;
}

void check_entry(const RawEntry& entry, const std::string& subject) {
  if (leads_out(entry.name)) fail(ErrorCode::unsafe, subject, "has a name that leads out of its folder");
  if (!is_utf8(entry.name)) fail(ErrorCode::utf8, subject, "has a name that is not UTF-8");
  if ((entry.flags & ~kKnownFlags) != 0) {
    fail(ErrorCode::unsupported, subject,
         "has the flags " + std::to_string(entry.flags) + " (encrypted or a patch), expected plain content");
  }
  if (entry.method != kStored && entry.method != kDeflated) {
    fail(
        ErrorCode::unsupported, subject,
        "is compressed with method " + std::to_string(entry.method) + ", expected 0 (stored) or 8 (deflate)");
  }
  const bool possible = entry.method == kStored ? entry.size == entry.stored_size
                                                : entry.size / kMaxInflation <= entry.stored_size;
  if (!possible) {
    fail(ErrorCode::range, subject,
         "cannot have " + std::to_string(entry.size) + " bytes in " + std::to_string(entry.stored_size));
  }
}

// Reads one record of the central directory and advances `at` past it.
RawEntry read_raw(ByteView directory, std::size_t& at, std::string_view subject) {
  if (directory.size() - at < kZipEntryBytes || !has_zip_mark(directory, at, kZipEntryMark)) {
    fail(ErrorCode::header, subject, "has a malformed directory");
  }
  RawEntry entry;
  ZipFields fields(directory, at + 8, subject);
  entry.flags = fields.next<std::uint16_t>();
  entry.method = fields.next<std::uint16_t>();
  entry.crc = fields.skip(4).next<std::uint32_t>();
  entry.stored_size = fields.next<std::uint32_t>();
  entry.size = fields.next<std::uint32_t>();
  const std::size_t name = fields.next<std::uint16_t>(), extra = fields.next<std::uint16_t>(),
                    comment = fields.next<std::uint16_t>();
  const auto disk = fields.next<std::uint16_t>();
  entry.offset = fields.skip(6).next<std::uint32_t>();
  if (directory.size() - at - kZipEntryBytes < name + extra + comment) {
    fail(ErrorCode::header, subject, "has a directory that ends inside a member");
  }
  at += kZipEntryBytes;
  entry.name = as_text(directory.subspan(at, name));
  entry.extra = directory.subspan(at + name, extra);
  at += name + extra + comment;
  if (disk != 0) fail_zip_disks(subject);
  const std::string full_name = of_entry(subject, entry.name);
  widen(entry, full_name);
  check_entry(entry, full_name);
  return entry;
}

// Finds the start of the content, after the local header, which must agree with the directory.
std::uint64_t content_offset(ByteView file, std::uint64_t limit, const RawEntry& entry,
                             const std::string& subject) {
  if (entry.offset > limit || limit - entry.offset < kZipLocalBytes) {
    fail(ErrorCode::range, subject, "is at offset " + std::to_string(entry.offset) + ", outside the file");
  }
  const auto at = static_cast<std::size_t>(entry.offset);
  if (!has_zip_mark(file, at, kZipLocalMark)) {
    fail(ErrorCode::range, subject,
         "is at offset " + std::to_string(entry.offset) + ", where no member starts");
  }
  RawEntry local;
  ZipFields fields(file, at + 6, subject);
  local.flags = fields.next<std::uint16_t>();
  local.method = fields.next<std::uint16_t>();
  local.crc = fields.skip(4).next<std::uint32_t>();
  local.stored_size = fields.next<std::uint32_t>();
  local.size = fields.next<std::uint32_t>();
  const std::size_t name = fields.next<std::uint16_t>(), extra = fields.next<std::uint16_t>();
  if (limit - at - kZipLocalBytes < name + extra) {
    fail(ErrorCode::range, subject, "has a local header that extends outside the file");
  }
  local.name = as_text(file.subspan(at + kZipLocalBytes, name));
  local.extra = file.subspan(at + kZipLocalBytes + name, extra);
  widen(local, subject);
  const bool later = (entry.flags & kDescriptorFlag) != 0;  // the sizes may follow the data instead
  const auto agrees = [later](std::uint64_t a, std::uint64_t b) { return a == b || (later && a == 0); };
  if (local.name != entry.name || local.flags != entry.flags || local.method != entry.method ||
      !agrees(local.crc, entry.crc) || !agrees(local.stored_size, entry.stored_size) ||
      !agrees(local.size, entry.size)) {
    fail(ErrorCode::unsafe, subject, "has a local header that differs from the directory");
  }
  return entry.offset + kZipLocalBytes + name + extra;
}

// A member with its local header and content.
struct Place {
  std::uint64_t begin = 0, end = 0;
  std::string_view name;
};

void check_places(std::vector<Place>& places, std::string_view subject) {
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.begin < b.begin; });
  std::uint64_t end = 0;
  for (const Place& place : places) {
    if (place.begin < end) fail(ErrorCode::range, of_entry(subject, place.name), "overlaps another member");
    end = place.end;
  }
  if (!places.empty() && places.front().begin != 0) {
    fail(ErrorCode::header, subject, "has bytes before its first member, expected none");
  }
}

void check_names(const std::vector<ZipEntry>& entries, std::string_view subject) {
  const auto duplicate = std::adjacent_find(
      entries.begin(), entries.end(), [](const ZipEntry& a, const ZipEntry& b) { return a.name == b.name; });
  if (duplicate != entries.end())
    fail(ErrorCode::duplicate, of_entry(subject, duplicate->name), "is a duplicate");
}

void check_begin(ByteView file, std::string_view subject) {
  if (has_zip_mark(file, 0, kZipLocalMark) || has_zip_mark(file, 0, kZipEndMark)) return;
  const std::size_t tail = std::min(file.size(), kZipEndBytes + kMaxZipComment);
  if (as_text(file.last(tail)).find(kZipEndMark) != std::string_view::npos) {
    fail(ErrorCode::header, subject,
         "has a zip archive after other bytes, expected it at the start of the file");
  }
  fail(ErrorCode::magic, subject, "is not a zip archive");
}

}  // namespace

std::vector<ZipEntry> read_zip_directory(ByteView file, std::string_view subject) {
  check_begin(file, subject);
  const ZipDirectoryPlace directory = find_zip_directory(file, subject);
  const ByteView records =
      file.subspan(static_cast<std::size_t>(directory.offset), static_cast<std::size_t>(directory.size));
  std::vector<ZipEntry> entries;
  std::vector<Place> places;
  std::size_t at = 0;
  while (entries.size() < directory.entries) {
    const RawEntry raw = read_raw(records, at, subject);
    const std::string full_name = of_entry(subject, raw.name);
    const std::uint64_t begin = content_offset(file, directory.offset, raw, full_name);
    if (raw.stored_size > directory.offset - begin) {
      fail(ErrorCode::range, full_name,
           "has " + std::to_string(raw.stored_size) + " bytes at " + std::to_string(begin) +
               ", outside the file");
    }
    places.push_back({raw.offset, begin + raw.stored_size, raw.name});
    entries.push_back({std::string(raw.name), static_cast<std::int64_t>(raw.size),
                       static_cast<std::int64_t>(raw.stored_size), static_cast<std::int64_t>(begin), raw.crc,
                       raw.method == kDeflated});
  }
  if (at != records.size())
    fail(ErrorCode::header, subject, "has bytes after the last member of its directory");
  check_places(places, subject);
  std::sort(entries.begin(), entries.end(),
            [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; });
  check_names(entries, subject);
  return entries;
}

}  // namespace sightline
