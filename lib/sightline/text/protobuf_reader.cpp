// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/protobuf_reader.h"

#include <bit>
#include <string>

#include "sightline/base/error.h"

namespace sightline {

std::uint64_t ProtobufReader::read_varint() {
  constexpr std::size_t kMaxBytes = 10;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kMaxBytes; ++i) {
    if (bytes_.empty()) fail(ErrorCode::truncated, subject_, "ends inside a number");
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << 7 * i;
    if (byte < 0x80) return value;
  }
  fail(ErrorCode::header, subject_, "is not a protobuf message: a number has more than ten bytes");
}

std::uint64_t ProtobufReader::read_fixed(std::size_t size) {
  if (bytes_.size() < size) fail(ErrorCode::truncated, subject_, "ends inside a number");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[i])) << 8 * i;
  bytes_.remove_prefix(size);
  return value;
}

bool ProtobufReader::next() {
  if (bytes_.empty()) return false;
  const std::uint64_t key = read_varint();
  if (key >> 3 == 0 || key > UINT32_MAX)
    fail(ErrorCode::header, subject_,
         "is not a protobuf message: it has a field " + std::to_string(key >> 3));
  field_ = static_cast<std::uint32_t>(key >> 3);
  type_ = static_cast<WireType>(key & 7);
  switch (type_) {
    case WireType::varint:
      number_ = read_varint();
      return true;
    case WireType::fixed64:
      number_ = read_fixed(8);
      return true;
    case WireType::fixed32:
      number_ = read_fixed(4);
      return true;
    case WireType::bytes: {
      const std::uint64_t size = read_varint();
      if (size > bytes_.size()) {
        fail(ErrorCode::truncated, subject_, "ends inside a field of " + std::to_string(size) + " bytes");
      }
      text_ = bytes_.substr(0, static_cast<std::size_t>(size));
      bytes_.remove_prefix(static_cast<std::size_t>(size));
      return true;
    }
  }
  fail(ErrorCode::header, subject_,
       "is not a protobuf message: field " + std::to_string(field_) + " has wire type " +
           std::to_string(key & 7));
}

void ProtobufReader::expect(WireType type) const {
  if (type_ != type)
    fail(ErrorCode::header, subject_, "has a field " + std::to_string(field_) + " of the wrong type");
}

std::uint64_t ProtobufReader::varint() const {
  expect(WireType::varint);
  return number_;
}

float ProtobufReader::float32() const {
  expect(WireType::fixed32);
  return std::bit_cast<float>(static_cast<std::uint32_t>(number_));
}

std::string_view ProtobufReader::bytes() const {
  expect(WireType::bytes);
  return text_;
}

}  // namespace sightline
