// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/files/file.h"

namespace sightline {

/// Writes a zip archive of stored members, each with its data at a multiple of 64 bytes, as PyTorch aligns
/// them. The same members always give the same bytes. Source: PKWARE's APPNOTE 6.3, with zip64 records where
/// a number needs them.
class ZipWriter {
 public:
  /// `out` must be seekable and outlive this object.
  explicit ZipWriter(OutputFile& out) : out_(out) {}

  /// Adds a member. Errors: limit for 4 GiB or more, or a name of 64 KiB or more; those of OutputFile.
  void add(std::string_view name, ByteView content);
  /// Writes the directory. Errors: those of OutputFile.
  void finish();

 private:
  struct Entry {
    std::string name;
    std::uint32_t crc;
    std::uint32_t size;
    std::uint64_t offset;
  };
  OutputFile& out_;
  std::vector<Entry> entries_;
};

}  // namespace sightline
