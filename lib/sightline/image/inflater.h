// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/image/deflate_block.h"
#include "sightline/image/deflate_table.h"

namespace sightline {

/// Decompresses a zlib stream (RFC 1950, RFC 1951) piece by piece, in about 160 KiB of memory, at about the
/// speed of libdeflate, which needs the whole input and the whole output in memory. It accepts a subset of
/// what zlib accepts, and gives the same bytes: a stream that it refuses may still be valid, so ask zlib
/// about it. Not safe to share between threads.
class Inflater {
 public:
  /// `parts` are the consecutive parts of the stream and must outlive this object; no call of `take` asks for
  /// more than `largest` bytes.
  Inflater(std::span<const ByteView> parts, std::size_t largest);

  /// The next `size` bytes, valid until the next call; 32 more bytes after them can be read. Null if the
  /// stream ends earlier, is damaged or unusual.
  const std::uint8_t* take(std::size_t size);

  /// Whether the stream and its last part end after the bytes taken, with the right checksum.
  bool ends_here();

 private:
  enum class Block { none, stored, coded };
  enum class Progress { output, end, damage };

  Progress fill();
  Progress finish();
  void load_input();
  void make_room();
  void update_checksum();
  bool begin_stream();
  bool begin_block();
  bool begin_stored();
  Progress copy_stored();
  /// Whether more was read than the input has.
  bool overrun() const { return cursor_.in - cursor_.count / 8 > input_end_; }
  std::size_t input_left() const;

  std::span<const ByteView> parts_;
  std::size_t part_offset_ = 0;  // in the first of them
  std::vector<std::uint8_t> input_;
  const std::uint8_t* input_end_;
  std::vector<std::uint8_t> output_;
  const std::uint8_t* taken_;   // the first byte that was not taken
  const std::uint8_t* summed_;  // the first byte that the checksum does not cover
  std::uint32_t checksum_ = 1;
  DeflateCursor cursor_;
  Block block_ = Block::none;
  bool started_ = false;
  bool last_block_ = false;
  bool ended_ = false;
  std::size_t stored_left_ = 0;
  DeflateTables tables_;
};

}  // namespace sightline
