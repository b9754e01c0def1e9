// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/hdf5_types.h"

#include <array>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxRank = 8;

// Datatype classes, as the format numbers them.
constexpr std::uint8_t kInteger = 0, kFloat = 1, kOpaque = 5;
constexpr std::array<std::string_view, 12> kClassNames = {
    "integer",  "float",     "time",        "string",          "bit field", "opaque",
    "compound", "reference", "enumeration", "variable-length", "array",     "complex"};

struct TypeHead {
  std::uint8_t kind = 0;
  std::uint32_t flags = 0;  // 24 bits
  std::uint32_t bytes = 0;
};

TypeHead read_type_head(Hdf5Cursor& cursor, std::string_view subject) {
  const std::uint32_t first = cursor.take_u32();
  const TypeHead head{static_cast<std::uint8_t>(first & 0x0F), first >> 8, cursor.take_u32()};
  const std::uint32_t version = first >> 4 & 0x0F;
  if (version < 1 || version > 5 || head.kind >= kClassNames.size())
    fail(ErrorCode::header, subject, "has an unknown kind of datatype");
  return head;
}

[[noreturn]] void fail_type(std::string_view subject, const std::string& found) {
  fail(ErrorCode::type, subject,
       "contains " + found + ", expected little-endian float16, float32, float64, bfloat16 or integers");
}

Hdf5Element read_integer(const TypeHead& head, Hdf5Cursor& cursor, std::string_view subject) {
  constexpr std::uint32_t kBigEndian = 0x01, kSigned = 0x08;
  const std::uint16_t offset = cursor.take_u16(), precision = cursor.take_u16();
  if ((head.flags & kBigEndian) != 0) fail_type(subject, "big-endian integers");
  const bool is_whole = offset == 0 && precision == head.bytes * std::uint64_t{8};
  const bool is_signed = (head.flags & kSigned) != 0;
  switch (is_whole ? head.bytes : 0) {
    case 1:
      return {is_signed ? Hdf5Type::i8 : Hdf5Type::u8, 1};
    case 2:
      return {is_signed ? Hdf5Type::i16 : Hdf5Type::u16, 2};
    case 4:
      return {is_signed ? Hdf5Type::i32 : Hdf5Type::u32, 4};
    case 8:
      return {is_signed ? Hdf5Type::i64 : Hdf5Type::u64, 8};
    default:
      fail_type(subject, "integers of " + std::to_string(precision) + " bits in " +
                             std::to_string(head.bytes) + " bytes");
  }
}

// Positions of sign, exponent and mantissa, in bits.
struct FloatForm {
  std::uint32_t bytes = 0;
  std::uint32_t sign = 0;
  std::array<std::uint8_t, 4> fields{};  // position and size of the exponent, position and size of the
                                         // mantissa
  std::uint32_t bias = 0;
  Hdf5Type type = Hdf5Type::f32;
};
constexpr std::array kFloatForms = {
    FloatForm{2, 15, {10, 5, 0, 10}, 15, Hdf5Type::f16},
    FloatForm{2, 15, {7, 8, 0, 7}, 127, Hdf5Type::bf16},
    FloatForm{4, 31, {23, 8, 0, 23}, 127, Hdf5Type::f32},
    FloatForm{8, 63, {52, 11, 0, 52}, 1023, Hdf5Type::f64},
};

Hdf5Element read_float(const TypeHead& head, Hdf5Cursor& cursor, std::string_view subject) {
  constexpr std::uint32_t kByteOrder = 0x41, kNormalization = 0x30, kImplied = 0x20;
  const std::uint16_t offset = cursor.take_u16(), precision = cursor.take_u16();
  std::array<std::uint8_t, 4> fields{};
  for (std::uint8_t& field : fields) field = cursor.take_u8();
  const std::uint32_t bias = cursor.take_u32();
  if ((head.flags & kByteOrder) != 0) fail_type(subject, "big-endian floats");
  const bool is_plain =
      offset == 0 && precision == head.bytes * std::uint64_t{8} && (head.flags & kNormalization) == kImplied;
  for (const FloatForm& form : kFloatForms) {
    if (is_plain && form.bytes == head.bytes && form.sign == (head.flags >> 8 & 0xFF) &&
        form.fields == fields && form.bias == bias)
      return {form.type, static_cast<std::int64_t>(form.bytes)};
  }
  fail_type(subject, "floats of " + std::to_string(precision) + " bits in a non-IEEE format");
}

}  // namespace

std::string_view hdf5_type_name(Hdf5Type type) {
  constexpr std::array<std::string_view, 13> kNames = {"float64", "float32", "float16", "bfloat16", "int64",
                                                       "int32",   "int16",   "int8",    "uint64",   "uint32",
                                                       "uint16",  "uint8",   "opaque"};
  return kNames[static_cast<std::size_t>(type)];
}

std::vector<std::int64_t> read_hdf5_shape(ByteView message, std::string_view subject) {
  Hdf5Cursor cursor(message, subject);
  const std::uint8_t version = cursor.take_u8(), rank = cursor.take_u8(), flags = cursor.take_u8();
  if (version != 1 && version != 2) {
    fail(ErrorCode::unsupported, subject,
         "has a dataspace of version " + std::to_string(version) + ", expected 1 or 2");
  }
  const std::uint8_t kind = cursor.take_u8();
  if (version == 2 && kind == 2) fail(ErrorCode::type, subject, "contains no elements (a null dataspace)");
  if (version == 2 && kind != (rank == 0 ? 0 : 1))
    fail(ErrorCode::header, subject, "has an unknown kind of dataspace");
  if (version == 1) cursor.skip(4);
  constexpr std::uint8_t kHasMaximum = 0x01;
  if ((flags & ~kHasMaximum) != 0)
    fail(ErrorCode::unsupported, subject, "has a dataspace with permuted axes");
  if (rank > kMaxRank) {
    fail(ErrorCode::limit, subject,
         "has " + std::to_string(rank) + " dimensions, expected at most " + std::to_string(kMaxRank));
  }
  std::vector<std::int64_t> shape;
  for (int axis = 0; axis < rank; ++axis) {
    const std::uint64_t size = cursor.take_u64();
    if (size > INT64_MAX) fail(ErrorCode::range, subject, "a size does not fit in 63 bits");
    shape.push_back(static_cast<std::int64_t>(size));
  }
  return shape;
}

Hdf5Element read_hdf5_type(ByteView message, std::string_view subject) {
  Hdf5Cursor cursor(message, subject);
  const TypeHead head = read_type_head(cursor, subject);
  if (head.bytes == 0) fail(ErrorCode::header, subject, "has elements of 0 bytes");
  switch (head.kind) {
    case kInteger:
      return read_integer(head, cursor, subject);
    case kFloat:
      return read_float(head, cursor, subject);
    case kOpaque:
      return {Hdf5Type::opaque, static_cast<std::int64_t>(head.bytes)};
    default:
      fail_type(subject, "elements of the class " + std::string(kClassNames[head.kind]));
  }
}

}  // namespace sightline
