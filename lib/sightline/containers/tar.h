// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/containers/byte_stream.h"
#include "sightline/containers/pax_records.h"
#include "sightline/containers/tar_block.h"

namespace sightline {

enum class TarMemberKind {
  file,
  folder,
  link,    ///< symbolic or hard
  sparse,  ///< a file with holes in any of GNU's formats; its content is not available
  other,   ///< a device, FIFO, volume label, ...
};

/// A member of a tar archive.
struct TarMember {
  std::string name;  ///< any bytes; a label, and never a path to open
  TarMemberKind kind = TarMemberKind::file;
  std::int64_t size = 0;  ///< bytes in the archive
};

/// Reads the members of a tar archive in one pass and in bounded memory: ustar, pax, GNU tar (long names,
/// base-256 sizes) and Unix V7. Sources: POSIX.1-2017, `pax`; the manual of GNU tar, "Basic Tar Format".
/// The archive ends at two zero blocks or where the file ends between two members; what follows the zero
/// blocks is ignored. After a damaged header nothing else can be found, so reading ends there. One thread at
/// a time.
class TarReader {
 public:
  /// `subject` is the name of the archive for messages.
  TarReader(std::unique_ptr<BufferedStream> stream, std::string_view subject);

  /// Moves to the next member, passing over what is unread of the current one. Returns false at the end of
  /// the archive, and always after an error. Errors: magic (the first block is not a member header); corrupt
  /// (a damaged header); truncated (the file ends inside a member); limit (an extended header above 1 MiB,
  /// more than 100 of them for one member); those of the stream.
  bool next(TarMember& member);

  /// The content of the current file; once per member. Errors: limit if it has more than `max_bytes` bytes,
  /// and the next member can still be read; truncated; those of the stream.
  std::vector<std::byte> read(std::int64_t max_bytes);
  /// Passes over the content of the current file. Errors: as `read`, at the same place.
  void pass_over(std::int64_t max_bytes);

 private:
  bool find_next(TarMember& member);
  bool read_block(std::span<std::byte> block);
  bool at_end(ByteView block);
  void drain();
  bool read_extension(const TarHeader& header);
  void check_size(std::int64_t max_bytes) const;
  void advance(std::int64_t count, std::int64_t wanted);
  std::string read_extended_header(const TarHeader& header);
  void skip_sparse_map();
  void skip_content();
  void fill(const TarHeader& header, TarMember& member);
  [[noreturn]] void fail_truncated(const std::string& where) const;

  std::unique_ptr<BufferedStream> stream_;
  std::string subject_;
  std::int64_t position_ = 0;  ///< bytes of the archive that have been read
  std::int64_t rest_ = 0;      ///< of the current member's content and padding
  std::int64_t size_ = 0;      ///< of the current member's content
  std::string name_;           ///< of the current member
  bool ended_ = false;
  PaxAttributes global_, local_;         ///< of all following members, of the next one
  std::optional<std::string> gnu_name_;  ///< GNU's long name of the next member
};

}  // namespace sightline
