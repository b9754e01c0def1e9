// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/inflater.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>

namespace sightline {

namespace {

constexpr std::size_t kInput = 1 << 16;
constexpr std::size_t kHeader = 1024;  // more than the bytes of the longest block header
constexpr std::size_t kPadding = kHeader + 64;
constexpr std::size_t kWindow = 1 << 15;
constexpr std::size_t kPiece = 1 << 16;  // at least this much is decoded at once
}  // namespace

Inflater::Inflater(std::span<const ByteView> parts, std::size_t largest)
    : parts_(parts), input_(kInput + kPadding), output_(kWindow + kPiece + largest + kDeflateOutSlack) {
  cursor_.in = input_end_ = input_.data();
  taken_ = summed_ = cursor_.out = output_.data();
  cursor_.history = output_.data();
  cursor_.out_limit = output_.data() + (output_.size() - kDeflateOutSlack);
  load_input();
}

std::size_t Inflater::input_left() const {
  return cursor_.in < input_end_ ? static_cast<std::size_t>(input_end_ - cursor_.in) : 0;
}

void Inflater::load_input() {
  const std::size_t left = input_left();
  const std::size_t excess = cursor_.in > input_end_ ? static_cast<std::size_t>(cursor_.in - input_end_) : 0;
  std::memmove(input_.data(), cursor_.in - excess, left);
  std::size_t size = left;
  while (size < kInput && !parts_.empty()) {
    const ByteView part = parts_.front().subspan(part_offset_);
    const std::size_t n = std::min(part.size(), kInput - size);
    if (n > 0) {
      std::memcpy(input_.data() + size, part.data(), n);
    }
    size += n;
    part_offset_ += n;
    if (n == part.size()) {
      parts_ = parts_.subspan(1);
      part_offset_ = 0;
    }
  }
  cursor_.in = input_.data() + excess;
  input_end_ = input_.data() + size;
  if (parts_.empty()) {
    // Zeros follow the end, so that the last symbols need no loop of their own; `overrun` notices their use.
    std::memset(input_.data() + size, 0, input_.size() - size);
    cursor_.in_limit = input_end_ + 8;
  } else {
    cursor_.in_limit = input_end_ - kDeflateInSlack;
  }
}

const std::uint8_t* Inflater::take(std::size_t size) {
  while (static_cast<std::size_t>(cursor_.out - taken_) < size) {
    if (fill() != Progress::output) {
      return nullptr;
    }
  }
  const std::uint8_t* bytes = taken_;
  taken_ += size;
  return bytes;
}

bool Inflater::ends_here() {
  return taken_ == cursor_.out && (ended_ || fill() == Progress::end) && taken_ == cursor_.out;
}

/// Decodes until something was added to the output.
Inflater::Progress Inflater::fill() {
  if (ended_) {
    return Progress::end;
  }
  if (!started_ && !begin_stream()) {
    return Progress::damage;
  }
  make_room();
  const std::uint8_t* const before = cursor_.out;
  for (;;) {
    if (block_ == Block::none) {
      if (last_block_) {
        return cursor_.out != before ? Progress::output : finish();
      }
      if (!begin_block()) {
        return Progress::damage;
      }
    }
    if (block_ == Block::stored) {
      if (copy_stored() == Progress::damage) {
        return Progress::damage;
      }
      if (cursor_.out > cursor_.out_limit) {
        return Progress::output;
      }
      continue;
    }
    switch (decode_deflate_block(cursor_, tables_)) {
      case DeflateStop::input:
        if (parts_.empty()) {
          return Progress::damage;
        }
        load_input();
        break;
      case DeflateStop::output:
        return Progress::output;
      case DeflateStop::block_end:
        block_ = Block::none;
        if (overrun()) {
          return Progress::damage;
        }
        break;
      case DeflateStop::damage:
        return Progress::damage;
    }
  }
}

void Inflater::update_checksum() {
  checksum_ = libdeflate_adler32(checksum_, summed_, static_cast<std::size_t>(cursor_.out - summed_));
  summed_ = cursor_.out;
}

/// Moves the output that is still needed, 32 KiB of history and the bytes that were not taken, to the front.
void Inflater::make_room() {
  update_checksum();
  const auto size = static_cast<std::size_t>(cursor_.out - output_.data());
  const auto untaken = static_cast<std::size_t>(cursor_.out - taken_);
  const std::size_t keep = std::min(size, std::max(kWindow, untaken));
  std::memmove(output_.data(), cursor_.out - keep, keep);
  cursor_.out = output_.data() + keep;
  taken_ = cursor_.out - untaken;
  summed_ = cursor_.out;
}

bool Inflater::begin_stream() {
  if (input_left() < 2) {
    return false;
  }
  const unsigned method = cursor_.in[0];
  const unsigned flags = cursor_.in[1];
  const unsigned window_bits = (method >> 4) + 8;
  const bool dictionary = (flags & 0x20) != 0;
  if ((method & 15) != 8 || window_bits > 15 || (method << 8 | flags) % 31 != 0 || dictionary) {
    return false;
  }
  cursor_.window = std::size_t{1} << window_bits;
  cursor_.in += 2;
  started_ = true;
  return true;
}

bool Inflater::begin_block() {
  if (input_left() < kHeader && !parts_.empty()) {
    load_input();
  }
  last_block_ = cursor_.read_bits(1) != 0;
  const std::uint32_t type = cursor_.read_bits(2);
  bool good = false;
  if (type == 0) {
    good = begin_stored();
  } else if (type == 1) {
    good = set_fixed_codes(tables_);
    block_ = Block::coded;
  } else if (type == 2) {
    good = read_dynamic_codes(cursor_, tables_);
    block_ = Block::coded;
  }
  return good && !overrun();
}

bool Inflater::begin_stored() {
  cursor_.align();
  if (input_left() < 4) {
    return false;
  }
  stored_left_ = load_word<std::uint16_t>(cursor_.in);
  const bool good = (stored_left_ ^ load_word<std::uint16_t>(cursor_.in + 2)) == 0xffff;
  cursor_.in += 4;
  block_ = Block::stored;
  return good;
}

Inflater::Progress Inflater::copy_stored() {
  if (input_left() == 0) {
    load_input();
  }
  const auto room = static_cast<std::size_t>(cursor_.out_limit + 1 - cursor_.out);
  const std::size_t n = std::min({stored_left_, input_left(), room});
  std::memcpy(cursor_.out, cursor_.in, n);
  cursor_.in += n;
  cursor_.out += n;
  stored_left_ -= n;
  if (stored_left_ == 0) {
    block_ = Block::none;
    return Progress::output;
  }
  return n > 0 ? Progress::output : Progress::damage;
}

/// Reads what follows the last block. The stream and the input must end there.
Inflater::Progress Inflater::finish() {
  cursor_.align();
  if (input_left() < 4 && !parts_.empty()) {
    load_input();
  }
  update_checksum();
  const std::uint8_t* in = cursor_.in;
  if (input_left() != 4 || !parts_.empty() || load_word<std::uint32_t>(in) != __builtin_bswap32(checksum_)) {
    return Progress::damage;
  }
  ended_ = true;
  return Progress::end;
}

}  // namespace sightline
