// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace sightline::testing {

inline constexpr std::string_view kPosixMagic{
    "ustar\0"
    "00",
    8};
inline constexpr std::string_view kGnuMagic{"ustar  \0", 8};

/// The fields of a tar header; the checksum is added.
struct TarFields {
  std::string name;
  std::string_view magic = kPosixMagic;  ///< "" for Unix V7
  char type = '0';
  std::string size = {};  ///< the bytes of the field; "" for the size of the content, in octal
  std::string prefix = {};
};

inline void put(std::string& block, std::size_t offset, std::string_view bytes) {
  block.replace(offset, bytes.size(), bytes);
}

/// Writes the checksum of a header block into it.
inline void set_checksum(std::string& block) {
  put(block, 148, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  char field[9];
  std::snprintf(field, sizeof field, "%06o", sum & 0777777);
  put(block, 148, std::string_view(field, 7));
}

inline std::string tar_header(const TarFields& fields, std::size_t content_size) {
  std::string block(512, '\0');
  char size[32];
  std::snprintf(size, sizeof size, "%011zo", content_size);
  put(block, 0, fields.name);
  put(block, 100, "0000644");
  put(block, 124, fields.size.empty() ? std::string_view(size) : std::string_view(fields.size));
  block[156] = fields.type;
  put(block, 257, fields.magic);
  put(block, 345, fields.prefix);
  set_checksum(block);
  return block;
}

inline std::string padded_to_block(std::string content) {
  content.resize((content.size() + 511) / 512 * 512, '\0');
  return content;
}

/// Header, content and padding of a member.
inline std::string tar_member(const TarFields& fields, const std::string& content = "") {
  return tar_header(fields, content.size()) + padded_to_block(content);
}

/// The end of an archive.
inline std::string tar_end() { return std::string(1024, '\0'); }

/// A record of a pax header: "LENGTH key=value\n".
inline std::string pax_record(const std::string& key, const std::string& value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (length != rest + std::to_string(length).size()) length = rest + std::to_string(length).size();
  return std::to_string(length) + " " + key + "=" + value + "\n";
}

/// A pax header of type 'x' (the next member) or 'g' (all members).
inline std::string pax_header(const std::string& records, char type = 'x') {
  return tar_member({.name = "pax", .type = type}, records);
}

/// GNU's header with a long name.
inline std::string gnu_long_name(const std::string& name, char type = 'L') {
  return tar_member({.name = "././@LongLink", .magic = kGnuMagic, .type = type}, name + '\0');
}

}  // namespace sightline::testing
