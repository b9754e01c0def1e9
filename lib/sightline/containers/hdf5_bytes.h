// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// An address that points nowhere.
constexpr std::uint64_t kHdf5Undefined = UINT64_MAX;

/// Reads numbers one after the other. Errors: header, with `subject`, at the end of the bytes.
class Hdf5Cursor {
 public:
  Hdf5Cursor(ByteView bytes, std::string_view subject) : bytes_(bytes), subject_(subject) {}

  std::uint8_t take_u8() { return load_le<std::uint8_t>(take_bytes(1), 0, subject_); }
  std::uint16_t take_u16() { return load_le<std::uint16_t>(take_bytes(2), 0, subject_); }
  std::uint32_t take_u32() { return load_le<std::uint32_t>(take_bytes(4), 0, subject_); }
  std::uint64_t take_u64() { return load_le<std::uint64_t>(take_bytes(8), 0, subject_); }
  /// A number of 1, 2, 4 or 8 bytes.
  std::uint64_t take_number(std::size_t bytes);
  ByteView take_bytes(std::uint64_t count);
  void skip(std::uint64_t count) { take_bytes(count); }
  std::size_t left() const { return bytes_.size(); }

 private:
  ByteView bytes_;
  std::string_view subject_;
};

/// The bytes of a file up to the end that its superblock states, and how much of them was read as structure:
/// a budget, so that no file costs more time or memory than a real one of the size that is accepted.
class Hdf5Bytes {
 public:
  /// Checks signature and superblock. Errors: as `parse_hdf5`.
  Hdf5Bytes(ByteView file, std::string_view subject);

  /// Address of the root group's object header.
  std::uint64_t root() const { return root_; }
  const std::string& subject() const { return subject_; }

  /// Structure at an address. Errors: range when it does not lie inside; limit when 64 MiB were read.
  ByteView at(std::uint64_t address, std::uint64_t size, std::string_view subject);
  /// A block of the given signature that begins with a checked `signature`. Errors: also corrupt.
  ByteView block(std::uint64_t address, std::uint64_t size, std::string_view signature,
                 std::string_view subject);
  /// Elements of a dataset: not counted. Errors: range.
  ByteView data_at(std::uint64_t address, std::uint64_t size, std::string_view subject) const;
  /// Remembers a node of a B-tree. Errors: limit when it was reached before.
  void visit_node(std::uint64_t address, std::string_view subject);
  bool has_visited(std::uint64_t address) const { return nodes_.contains(address); }
  /// Forgets the nodes: a group may be reached by several names.
  void leave_nodes() { nodes_.clear(); }

 private:
  void read_superblock_0(Hdf5Cursor cursor);
  void read_superblock_2(Hdf5Cursor cursor);
  void set_end(std::uint64_t end);

  ByteView file_;
  std::string subject_;
  std::uint64_t root_ = kHdf5Undefined;
  std::uint64_t read_ = 0;
  std::set<std::uint64_t> nodes_;
};

/// Jenkins's lookup3 of the bytes, from 0: the checksum of HDF5's newer structures.
std::uint32_t hdf5_checksum(ByteView bytes);
/// Checks the four bytes behind `bytes`. Errors: corrupt.
void check_hdf5_checksum(ByteView bytes, std::uint32_t stored, std::string_view subject);

}  // namespace sightline
