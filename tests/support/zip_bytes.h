// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sightline::testing {

/// The CRC-32 of zip, computed bit by bit, independently of the library that the reader uses.
inline std::uint32_t crc32_of(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0xEDB88320U & (0U - (crc & 1)));
  }
  return ~crc;
}

/// Appends a number in little-endian order.
template <class T>
void append_number(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
  }
}

/// A member of an archive; its fields can be set to wrong values.
struct ZipMember {
  std::string name;
  std::string bytes;  ///< as stored in the file
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
  std::uint32_t crc = 0;
  std::uint32_t size = 0;
  std::uint32_t stored_size = 0;
  std::string local_name;
  std::string local_extra;
  std::string extra;
  std::int64_t offset = -1;  ///< offset stated in the directory; -1: the real one

  ZipMember(std::string member, std::string content) : name(std::move(member)), bytes(std::move(content)) {
    crc = crc32_of(bytes);
    size = stored_size = static_cast<std::uint32_t>(bytes.size());
    local_name = name;
  }
};

/// The end of an archive; its fields can be set to wrong values.
struct ZipEnd {
  std::string comment = "";
  std::int64_t entries = -1;  ///< -1: the real number
  std::int64_t offset = -1;   ///< -1: the real offset of the directory
  bool wide = false;          ///< whether to write a zip64 end record and its locator as well
};

inline void append_zip_entry(std::string& out, const ZipMember& member, bool is_local, std::uint32_t offset) {
  out += is_local ? std::string("PK\3\4") : std::string("PK\1\2\0\0", 6);
  append_number<std::uint16_t>(out, 20);
  append_number(out, member.flags);
  append_number(out, member.method);
  append_number<std::uint32_t>(out, 0);  // date
  append_number(out, member.crc);
  append_number(out, member.stored_size);
  append_number(out, member.size);
  const std::string& name = is_local ? member.local_name : member.name;
  const std::string& extra = is_local ? member.local_extra : member.extra;
  append_number(out, static_cast<std::uint16_t>(name.size()));
  append_number(out, static_cast<std::uint16_t>(extra.size()));
  if (!is_local) {
    out.append(10, '\0');  // comment, disk, attributes
    append_number(out, offset);
  }
  out += name;
  out += extra;
}

/// An archive of `members` in order.
inline std::string zip_bytes(const std::vector<ZipMember>& members, const ZipEnd& end = {}) {
  std::string file, directory;
  for (const ZipMember& member : members) {
    append_zip_entry(directory, member, false,
                     static_cast<std::uint32_t>(member.offset < 0 ? std::ssize(file) : member.offset));
    append_zip_entry(file, member, true, 0);
    file += member.bytes;
  }
  const std::uint64_t entries = end.entries < 0 ? members.size() : static_cast<std::uint64_t>(end.entries);
  const std::uint64_t offset = end.offset < 0 ? file.size() : static_cast<std::uint64_t>(end.offset);
  file += directory;
  if (end.wide) {
    const std::uint64_t at = file.size();
    file += "PK\6\6";
    append_number<std::uint64_t>(file, 44);
    file.append(12, '\0');  // versions, disks
    for (const std::uint64_t number : {entries, entries, std::uint64_t{directory.size()}, offset}) {
      append_number(file, number);
    }
    file += std::string("PK\6\7\0\0\0\0", 8);
    append_number(file, at);
    append_number<std::uint32_t>(file, 1);
  }
  file += std::string("PK\5\6\0\0\0\0", 8);
  append_number(file, static_cast<std::uint16_t>(entries > 0xFFFF ? 0xFFFF : entries));
  append_number(file, static_cast<std::uint16_t>(entries > 0xFFFF ? 0xFFFF : entries));
  append_number(file, static_cast<std::uint32_t>(directory.size()));
  append_number(file, static_cast<std::uint32_t>(offset));
  append_number(file, static_cast<std::uint16_t>(end.comment.size()));
  return file + end.comment;
}

}  // namespace sightline::testing
