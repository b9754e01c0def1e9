// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/hdf5_types.h"

namespace sightline {
namespace {

constexpr std::string_view kCollection = "GCOL";
constexpr std::uint64_t kMaxStringBytes = 64 << 10;

constexpr std::uint64_t padded(std::uint64_t size) { return (size + 7) / 8 * 8; }

// The parts of an attribute message.
struct AttributeParts {
  std::string name;
  ByteView type, space, value;
};

AttributeParts split_attribute(ByteView message, std::string_view subject) {
  Hdf5Cursor cursor(message, subject);
  const std::uint8_t version = cursor.take_u8(), flags = cursor.take_u8();
  if (version < 1 || version > 3)
    fail(ErrorCode::unsupported, subject, "has an attribute of version " + std::to_string(version));
  if (version > 1 && flags != 0)
    fail(ErrorCode::unsupported, subject,
         "has an attribute whose type is stored elsewhere (a committed datatype)");
  const std::uint64_t name = cursor.take_u16(), type = cursor.take_u16(), space = cursor.take_u16();
  if (version == 3) cursor.skip(1);  // character set of the name
  const auto take = [&](std::uint64_t size) {
    const ByteView bytes = cursor.take_bytes(size);
    if (version == 1) cursor.skip(padded(size) - size);
    return bytes;
  };
  AttributeParts parts;
  const std::string_view text = as_text(take(name));
  if (text.size() < 2 || text.find('\0') != text.size() - 1)
    fail(ErrorCode::header, subject, "has an attribute whose name is not terminated");
  parts.name = text.substr(0, text.size() - 1);
  if (!is_utf8(parts.name)) fail(ErrorCode::utf8, subject, "has an attribute whose name is not UTF-8");
  parts.type = take(type);
  parts.space = take(space);
  parts.value = cursor.take_bytes(cursor.left());
  return parts;
}

// Returns the object `index` of a collection of the global heap.
ByteView heap_object(Hdf5Bytes& file, std::uint64_t address, std::uint32_t index, std::string_view subject) {
  constexpr std::uint64_t kHead = 16;
  Hdf5Cursor head(file.block(address, kHead, kCollection, subject), subject);
  head.skip(kCollection.size());
  if (head.take_u8() != 1)
    fail(ErrorCode::unsupported, subject, "has a global heap of a version other than 1");
  head.skip(3);
  const std::uint64_t size = head.take_u64();
  if (size < kHead) fail(ErrorCode::header, subject, "has a global heap that is shorter than its header");
  Hdf5Cursor objects(file.at(address, size, subject).subspan(kHead), subject);
  while (objects.left() >= kHead) {
    const std::uint16_t number = objects.take_u16();
    objects.skip(2 + 4);  // reference count
    const std::uint64_t bytes = objects.take_u64();
    if (number == 0) break;  // the remaining bytes are free
    const ByteView object = objects.take_bytes(bytes);
    if (number == index) return object;
    objects.skip(std::min<std::uint64_t>(padded(bytes) - bytes, objects.left()));
  }
  fail(ErrorCode::range, subject,
       "refers to string object " + std::to_string(index) + " of a heap that does not contain it");
}

std::string_view of_any_length(Hdf5Bytes& file, ByteView value, std::string_view subject) {
  Hdf5Cursor cursor(value, subject);
  const std::uint32_t length = cursor.take_u32();
  const std::uint64_t address = cursor.take_u64();
  const std::uint32_t index = cursor.take_u32();
  if (length == 0) return {};
  if (length > kMaxStringBytes)
    fail(ErrorCode::limit, subject,
         "has a string of more than " + std::to_string(kMaxStringBytes) + " bytes");
  const ByteView object = heap_object(file, address, index, subject);
  if (object.size() < length) {
    fail(ErrorCode::range, subject,
         "has a string of " + std::to_string(length) + " bytes in a heap object of " +
             std::to_string(object.size()));
  }
  return as_text(object.first(length));
}

std::string string_value(Hdf5Bytes& file, const AttributeParts& parts, std::string_view subject) {
  constexpr std::uint8_t kString = 3, kAnyLength = 9;
  Hdf5Cursor type(parts.type, subject);
  const std::uint32_t first = type.take_u32(), bytes = type.take_u32();
  const std::uint8_t kind = first & 0x0F;
  const bool is_string = kind == kString || (kind == kAnyLength && (first >> 8 & 0x0F) == 1);
  if (!is_string || !read_hdf5_shape(parts.space, subject).empty())
    fail(ErrorCode::unsupported, subject, "is not a single string");
  Hdf5Cursor value(parts.value, subject);
  std::string_view text =
      kind == kString ? as_text(value.take_bytes(bytes)) : of_any_length(file, parts.value, subject);
  const std::size_t end = std::min(text.find('\0'), text.size());
  if (text.find_first_not_of('\0', end) != std::string_view::npos)
    fail(ErrorCode::corrupt, subject, "is a string that contains a NUL");
  text = text.substr(0, end);
  if (!is_utf8(text)) fail(ErrorCode::utf8, subject, "is not UTF-8");
  return std::string(text);
}

// A newer object with few attributes stores them in its header; many are stored in a fractal heap.
void check_attribute_info(const Hdf5Message& message, std::string_view subject) {
  Hdf5Cursor cursor(message.data, subject);
  if (cursor.take_u8() != 0)
    fail(ErrorCode::unsupported, subject, "has attribute information of a version other than 0");
  constexpr std::uint8_t kHasOrder = 0x01;
  if ((cursor.take_u8() & kHasOrder) != 0) cursor.skip(2);
  if (cursor.take_u64() != kHdf5Undefined)
    fail(ErrorCode::unsupported, subject, "stores its attributes in a fractal heap");
}

}  // namespace

Hdf5Attributes read_hdf5_attributes(Hdf5Bytes& file, const std::vector<Hdf5Message>& messages,
                                    std::string_view subject) {
  if (const auto* info = find_hdf5_message(messages, Hdf5MessageKind::attribute_info, subject))
    check_attribute_info(*info, subject);
  Hdf5Attributes attributes;
  for (const Hdf5Message& message : messages) {
    if (message.kind != Hdf5MessageKind::attribute) continue;
    AttributeParts parts = split_attribute(message.data, subject);
    const std::string of_attribute =
        std::string(subject).append(": attribute '").append(parts.name).append("'");
    std::string value = string_value(file, parts, of_attribute);
    const auto [at, inserted] = attributes.try_emplace(std::move(parts.name), std::move(value));
    if (!inserted) fail(ErrorCode::duplicate, of_attribute, "is a duplicate");
  }
  return attributes;
}

}  // namespace sightline
