// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace sightline {

/// The fields of a protobuf message, one after the other. Source: "Encoding" in the Protocol Buffers guide.
class ProtobufReader {
 public:
  /// `subject` is the name of the file for messages, valid as long as this object.
  ProtobufReader(std::string_view bytes, std::string_view subject) : bytes_(bytes), subject_(subject) {}

  /// Goes to the next field, skipping what was not read of the current one. Returns false at the end of the
  /// message. Errors: truncated, header (malformed, or a group).
  bool next();
  /// The number of the current field.
  std::uint32_t field() const { return field_; }
  /// The value of the current field. Errors: header (another type).
  std::uint64_t varint() const;
  float float32() const;
  std::string_view bytes() const;

 private:
  enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };
  std::uint64_t read_varint();
  std::uint64_t read_fixed(std::size_t size);
  void expect(WireType type) const;

  std::string_view bytes_;
  std::string_view subject_;
  std::uint32_t field_ = 0;
  WireType type_ = WireType::varint;
  std::uint64_t number_ = 0;
  std::string_view text_;
};

}  // namespace sightline
