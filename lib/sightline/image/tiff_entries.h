// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// The entries of the first directory of a TIFF or BigTIFF file that can be read. Memory: one small record an
/// entry, at most 65,536. Values stay in the file until they are asked for.
class TiffEntries {
 public:
  /// Errors: truncated, header.
  explicit TiffEntries(ByteView file);

  bool big_endian() const { return big_endian_; }
  bool big_tiff() const { return big_tiff_; }
  /// A tag whose value lies beyond the end of the file: it and what stands behind it is not read, as in
  /// Pillow.
  std::optional<std::uint32_t> lost() const { return lost_; }

  bool has(std::uint32_t tag) const { return entries_.contains(tag); }
  /// The first value of a tag of whole numbers, nothing when it is absent. Errors: header when its type is
  /// another.
  std::optional<std::uint64_t> number(std::uint32_t tag) const;
  /// All values, no more than `most`; empty when the tag is absent. Errors: header as above, limit.
  std::vector<std::uint64_t> numbers(std::uint32_t tag, std::size_t most) const;
  /// The bytes of a tag of bytes or of no type, empty when it is absent or of another type.
  ByteView bytes(std::uint32_t tag) const;

 private:
  struct Entry {
    std::uint32_t type = 0;
    std::uint64_t count = 0;
    ByteView value;
  };
  std::uint64_t load(ByteView bytes, std::size_t at, std::size_t size) const;
  /// False when nothing behind this entry is read.
  bool take(ByteView entry);

  ByteView file_;
  bool big_endian_ = false;
  bool big_tiff_ = false;
  std::optional<std::uint32_t> lost_;
  std::uint64_t claimed_ = 0;  // by values outside the directory
  std::map<std::uint32_t, Entry> entries_;
};

}  // namespace sightline
