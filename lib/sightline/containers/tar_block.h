// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/base/bytes.h"

namespace sightline {

inline constexpr std::size_t kTarBlockBytes = 512;

/// The header block of a tar member: ustar (POSIX.1), GNU tar or Unix V7.
struct TarHeader {
  std::string name;  ///< with the prefix of ustar; bytes up to the first NUL
  char type = '0';   ///< typeflag; '0' for all regular files
  std::int64_t size = 0;
  bool has_sparse_map = false;  ///< GNU's old sparse format: blocks with more of the map follow
};

/// Whether `head` begins with a header whose checksum is right. Reads at most 512 bytes.
bool has_tar_checksum(ByteView head);
/// Whether `head` begins with a header that has the magic of POSIX or GNU tar, whatever its checksum.
bool has_tar_magic(ByteView head);
/// Whether all bytes are zero: a block that marks the end of an archive.
bool is_zero_block(ByteView block);

/// Reads a block of 512 bytes. `place` is its location for messages: "x.tar: byte 1024". Errors: corrupt (the
/// checksum, a number that is malformed, negative or above 2^63 - 512).
TarHeader parse_tar_header(ByteView block, std::string_view subject, std::int64_t place);

}  // namespace sightline
