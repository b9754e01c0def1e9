// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// The undefined address of the format.
constexpr std::uint64_t kHdf5Undefined = UINT64_MAX;

/// Reads consecutive numbers. Errors: header, with `subject`, at the end of the bytes.
class Hdf5Cursor {
 public:
  Hdf5Cursor(ByteView bytes, std::string_view subject) : bytes_(bytes), subject_(subject) {}

  std::uint8_t take_u8() { return load_le<std::uint8_t>(take_bytes(1), 0, subject_); }
  std::uint16_t take_u16() { return load_le<std::uint16_t>(take_bytes(2), 0, subject_); }
  std::uint32_t take_u32() { return load_le<std::uint32_t>(take_bytes(4), 0, subject_); }
  std::uint64_t take_u64() { return load_le<std::uint64_t>(take_bytes(8), 0, subject_); }
  /// Reads a number of 1, 2, 4 or 8 bytes.
  std::uint64_t take_number(std::size_t bytes);
  ByteView take_bytes(std::uint64_t count);
  void skip(std::uint64_t count) { take_bytes(count); }
  std::size_t left() const { return bytes_.size(); }

 private:
  ByteView bytes_;
  std::string_view subject_;
};

/// The bytes of a file up to the end that its superblock states. It also counts the bytes read as structure
/// against a limit, so that a crafted file cannot cost more time or memory than a real one of the accepted
/// size.
class Hdf5Bytes {
 public:
  /// Checks the signature and the superblock. Errors: as `parse_hdf5`.
  Hdf5Bytes(ByteView file, std::string_view subject);

  /// Address of the root group's object header.
  std::uint64_t root() const { return root_; }
  const std::string& subject() const { return subject_; }

  /// Returns structure bytes at an address. Errors: range if they extend outside the file; limit after 64 MiB
  /// of structure.
  ByteView at(std::uint64_t address, std::uint64_t size, std::string_view subject);
  /// Returns a block of the given size after checking that it starts with `signature`. Errors: also corrupt.
  ByteView block(std::uint64_t address, std::uint64_t size, std::string_view signature,
                 std::string_view subject);
  /// Returns dataset elements, which do not count against the limit. Errors: range.
  ByteView data_at(std::uint64_t address, std::uint64_t size, std::string_view subject) const;
  /// Marks a B-tree node as visited. Errors: limit if it was visited before.
  void visit_node(std::uint64_t address, std::string_view subject);
  bool has_visited(std::uint64_t address) const { return nodes_.contains(address); }
  /// Clears the visited nodes, because a group may be reachable under several names.
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

/// Jenkins's lookup3 hash of the bytes with the initial value 0: the checksum of newer HDF5 structures.
std::uint32_t hdf5_checksum(ByteView bytes);
/// Checks the four checksum bytes that follow `bytes`. Errors: corrupt.
void check_hdf5_checksum(ByteView bytes, std::uint32_t stored, std::string_view subject);

}  // namespace sightline
