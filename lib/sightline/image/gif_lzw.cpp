// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/gif_lzw.h"

#include <algorithm>
#include <string>

namespace sightline {

namespace {

constexpr std::string_view kSubject = "GIF";
constexpr int kMaxBits = 12;

[[noreturn]] void fail_truncated() {
  fail(ErrorCode::truncated, kSubject, "ends before its image is complete");
}

[[noreturn]] void fail_code(int code) {
  fail(ErrorCode::corrupt, kSubject, "has the code " + std::to_string(code) + ", which is not defined");
}

}  // namespace

GifLzw::GifLzw(ByteView data, int bits) : data_(data), link_(), index_(), string_() {
  if (bits > kMaxBits) {
    fail(ErrorCode::header, kSubject,
         "has initial codes of " + std::to_string(bits) + " bits, expected at most " +
             std::to_string(kMaxBits));
  }
  index_bits_ = bits;
  clear_ = 1 << bits;
  start_table();
}

void GifLzw::start_table() {
  next_ = clear_ + 2;
  code_bits_ = index_bits_ + 1;
  first_ = true;
}

std::uint8_t GifLzw::next_byte() {
  while (block_left_ == 0) {
    // Only complete blocks count. One of length 0 should be the last, but Pillow reads on as well.
    if (at_ == data_.size() || data_.size() - at_ - 1 < static_cast<std::size_t>(data_[at_])) {
      fail_truncated();
    }
    block_left_ = static_cast<std::size_t>(data_[at_++]);
  }
  --block_left_;
  return static_cast<std::uint8_t>(data_[at_++]);
}

int GifLzw::next_code() {
  while (buffered_ < code_bits_) {
    buffer_ |= static_cast<std::uint32_t>(next_byte()) << buffered_;
    buffered_ += 8;
  }
  const auto code = static_cast<int>(buffer_ & ((1U << code_bits_) - 1));
  buffer_ >>= code_bits_;
  buffered_ -= code_bits_;
  return code;
}

bool GifLzw::expand(int code) {
  if (code == clear_) {
    start_table();
    return false;
  }
  if (code == clear_ + 1) {  // the end code comes too early
    fail_truncated();
  }
  begin_ = kCodes;
  if (first_) {
    if (code > clear_) {
      fail_code(code);
    }
    first_ = false;
    last_code_ = code;
    last_index_ = static_cast<std::uint8_t>(code);
    string_[--begin_] = last_index_;
    return true;
  }
  if (code > next_) {
    fail_code(code);
  }
  int rest = code;
  if (code == next_) {  // the string that this code itself adds
    string_[--begin_] = last_index_;
    rest = last_code_;
  }
  while (rest >= clear_) {
    if (begin_ == 0 || rest >= static_cast<int>(kCodes)) {
      fail_code(code);
    }
    string_[--begin_] = index_[static_cast<std::size_t>(rest)];
    rest = link_[static_cast<std::size_t>(rest)];
  }
  last_index_ = static_cast<std::uint8_t>(rest);
  if (begin_ == 0) {
    fail_code(code);
  }
  string_[--begin_] = last_index_;
  add(code);
  return true;
}

void GifLzw::add(int code) {
  if (next_ < static_cast<int>(kCodes)) {
    index_[static_cast<std::size_t>(next_)] = last_index_;
    link_[static_cast<std::size_t>(next_)] = static_cast<std::uint16_t>(last_code_);
    if (next_ == (1 << code_bits_) - 1 && code_bits_ < kMaxBits) {
      ++code_bits_;
    }
    ++next_;
  }
  last_code_ = code;
}

void GifLzw::read(std::uint8_t* out, std::size_t count) {
  while (count > 0) {
    if (begin_ == kCodes && !expand(next_code())) {
      continue;
    }
    const std::size_t n = std::min(count, kCodes - begin_);
    out = std::copy_n(string_.data() + begin_, n, out);
    begin_ += n;
    count -= n;
  }
}

}  // namespace sightline
