// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/hdf5_messages.h"

#include <array>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxMessage = 65'528;  // the largest multiple of 8 that fits in 16 bits

std::string padded_text(std::string text) {
  text.resize((text.size() + 7) / 8 * 8);
  return text;
}

}  // namespace

std::string hdf5_number(std::uint64_t value, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (char& byte : text) {
    byte = static_cast<char>(value & 0xFF);
    value >>= 8;
  }
  return text;
}

std::string hdf5_message(Hdf5MessageKind kind, std::string_view data) {
  const std::string body = padded_text(std::string(data));
  if (body.size() > kMaxMessage) fail(ErrorCode::limit, "hdf5", "would contain a name of more than 64 KiB");
  // Flag: the type and the fill value of a dataset never change.
  const bool constant = kind == Hdf5MessageKind::datatype || kind == Hdf5MessageKind::fill_value;
  return hdf5_number(static_cast<std::uint64_t>(kind), 2) + hdf5_number(body.size(), 2) +
         hdf5_number(constant ? 1 : 0, 4) + body;
}

std::string hdf5_dataspace(const std::vector<std::int64_t>& shape) {
  const bool scalar = shape.empty();
  std::string text =
      "\x01" + hdf5_number(shape.size(), 1) + hdf5_number(scalar ? 0 : 1, 1) + std::string(5, '\0');
  for (int times = 0; times < 2; ++times) {  // current dimensions, then maximum dimensions
    for (const std::int64_t size : shape) text += hdf5_number(static_cast<std::uint64_t>(size), 8);
  }
  return text;
}

std::string hdf5_datatype(Hdf5Type type, std::int64_t element_bytes) {
  const auto integer = [](std::uint64_t bytes, bool is_signed) {
    return hdf5_number(0x10 | (is_signed ? 0x0800U : 0U), 4) + hdf5_number(bytes, 4) + hdf5_number(0, 2) +
           hdf5_number(bytes * 8, 2);
  };
  // Flags: implied leading mantissa bit, and the position of the sign.
  const auto floating = [](std::uint64_t bytes, std::string_view fields, std::uint64_t bias) {
    return hdf5_number(0x2011 | (bytes * 8 - 1) << 16, 4) + hdf5_number(bytes, 4) + hdf5_number(0, 2) +
           hdf5_number(bytes * 8, 2) + std::string(fields) + hdf5_number(bias, 4);
  };
  switch (type) {
    case Hdf5Type::f64:
      return floating(8, std::string_view("\x34\x0B\x00\x34", 4), 1023);
    case Hdf5Type::f32:
      return floating(4, std::string_view("\x17\x08\x00\x17", 4), 127);
    case Hdf5Type::f16:
      return floating(2, std::string_view("\x0A\x05\x00\x0A", 4), 15);
    case Hdf5Type::bf16:
      return floating(2, std::string_view("\x07\x08\x00\x07", 4), 127);
    case Hdf5Type::i64:
      return integer(8, true);
    case Hdf5Type::i32:
      return integer(4, true);
    case Hdf5Type::i16:
      return integer(2, true);
    case Hdf5Type::i8:
      return integer(1, true);
    case Hdf5Type::u64:
      return integer(8, false);
    case Hdf5Type::u32:
      return integer(4, false);
    case Hdf5Type::u16:
      return integer(2, false);
    case Hdf5Type::u8:
      return integer(1, false);
    case Hdf5Type::opaque:
      break;
  }
  return hdf5_number(0x15, 4) + hdf5_number(static_cast<std::uint64_t>(element_bytes), 4);
}

std::string hdf5_heap(std::string_view names, std::uint64_t address) {
  constexpr std::uint64_t kHead = 32, kNoFreeSpace = 1;
  return "HEAP" + hdf5_number(0, 4) + hdf5_number(names.size(), 8) + hdf5_number(kNoFreeSpace, 8) +
         hdf5_number(address + kHead, 8) + std::string(names);
}

std::string hdf5_string_attribute(std::string_view name, std::size_t length) {
  // A variable-length, NUL-terminated UTF-8 string of unsigned bytes.
  const std::string type = hdf5_number(0x010119, 4) + hdf5_number(16, 4) + hdf5_number(0x10, 4) +
                           hdf5_number(1, 4) + hdf5_number(0x080000, 4);
  const std::string space = hdf5_dataspace({});
  const std::string value = hdf5_number(length, 4) + std::string(12, '\0');
  std::string text = hdf5_number(1, 2) + hdf5_number(name.size() + 1, 2) + hdf5_number(type.size(), 2) +
                     hdf5_number(space.size(), 2) + padded_text(std::string(name) + '\0') +
                     padded_text(type) + space + value;
  return hdf5_message(Hdf5MessageKind::attribute, text);
}

}  // namespace sightline
