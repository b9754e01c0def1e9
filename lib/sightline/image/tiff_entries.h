// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// The readable entries of the first directory of a TIFF or BigTIFF file. Memory: one small record per entry,
/// at most 65,536. Values stay in the file until they are requested.
class TiffEntries {
 public:
  /// Errors: truncated, header.
  explicit TiffEntries(ByteView file);

  bool big_endian() const { return big_endian_; }
  bool big_tiff() const { return big_tiff_; }
  /// A tag whose value extends beyond the end of the file; as in Pillow, it and the following entries are
  /// ignored.
  std::optional<std::uint32_t> truncated_tag() const { return truncated_tag_; }

  bool has(std::uint32_t tag) const { return entries_.contains(tag); }
  /// The first value of an integer tag, or nothing if it is absent. Errors: header if its type is different.
  std::optional<std::uint64_t> number(std::uint32_t tag) const;
  /// All values, at most `max_count`; empty if the tag is absent. Errors: header as above, limit.
  std::vector<std::uint64_t> numbers(std::uint32_t tag, std::size_t max_count) const;
  /// The bytes of a tag of type byte or undefined; empty if it is absent or has another type.
  ByteView bytes(std::uint32_t tag) const;

 private:
  struct Entry {
    std::uint32_t type = 0;
    std::uint64_t count = 0;
    ByteView value;
  };
  std::uint64_t load(ByteView bytes, std::size_t at, std::size_t size) const;
  /// Returns false if the entries after this one are ignored.
  bool take(ByteView entry);

  ByteView file_;
  bool big_endian_ = false;
  bool big_tiff_ = false;
  std::optional<std::uint32_t> truncated_tag_;
  std::uint64_t value_bytes_ = 0;  // bytes used by values outside the directory
  std::map<std::uint32_t, Entry> entries_;
};

}  // namespace sightline
