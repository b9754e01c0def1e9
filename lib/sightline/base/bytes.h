// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include "sightline/base/error.h"

namespace sightline {

/// A non-owning view of bytes. Cheap to copy; valid as long as the owner of the bytes.
using ByteView = std::span<const std::byte>;

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// Returns a * b for non-negative sizes that come from a file.
/// Errors: range when the product does not fit in 63 bits or an operand is negative.
inline std::int64_t checked_mul(std::int64_t a, std::int64_t b, std::string_view subject) {
  std::int64_t product = 0;
  if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &product)) {
    fail(ErrorCode::range, subject, "a size does not fit in 63 bits");
  }
  return product;
}

/// Returns a + b for non-negative sizes that come from a file. Errors: range, as for `checked_mul`.
inline std::int64_t checked_add(std::int64_t a, std::int64_t b, std::string_view subject) {
  std::int64_t sum = 0;
  if (a < 0 || b < 0 || __builtin_add_overflow(a, b, &sum)) {
    fail(ErrorCode::range, subject, "a size does not fit in 63 bits");
  }
  return sum;
}

/// Reads a little-endian number at `offset`, which needs no alignment. Errors: truncated when the number
/// extends past the end of `bytes`.
template <class T>
T load_le(ByteView bytes, std::size_t offset, std::string_view subject) {
  static_assert(std::is_trivially_copyable_v<T> && std::endian::native == std::endian::little);
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
    fail(ErrorCode::truncated, subject, "ends inside a number");
  }
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

}  // namespace sightline
