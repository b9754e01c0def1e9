// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/tar_block.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace sightline {
namespace {

/// A field of the header block.
struct Field {
  std::size_t offset, size;
};
constexpr Field kName{0, 100}, kSize{124, 12}, kChecksum{148, 8}, kMagic{257, 8}, kPrefix{345, 155};
constexpr Field kStarPrefix{345, 131}, kStarTrailer{508, 4};
constexpr std::size_t kType = 156, kSparseMap = 482;

using std::string_view_literals::operator""sv;

std::string_view bytes_of(ByteView block, Field field) {
  return as_text(block.subspan(field.offset, field.size));
}

std::string_view text_of(ByteView block, Field field) {
  const std::string_view bytes = bytes_of(block, field);
  return bytes.substr(0, bytes.find('\0'));
}

/// GNU's base-256: the high bit of the first byte is set, the other bits are a big-endian two's complement
/// number. Empty if it is negative or does not fit.
std::optional<std::int64_t> parse_base256(std::string_view field) {
  const auto first = static_cast<unsigned char>(field[0]);
  if ((first & 0x40) != 0) return {};
  std::int64_t value = first & 0x3f;
  for (const char c : field.substr(1)) {
    if (value > (std::numeric_limits<std::int64_t>::max() >> 8)) return {};
    value = (value << 8) | static_cast<unsigned char>(c);
  }
  return value;
}

/// Octal digits, padded with spaces or NULs; an empty field is 0. Empty if malformed.
std::optional<std::int64_t> parse_octal(std::string_view field) {
  constexpr std::string_view kPadding = " \0"sv;
  const std::size_t begin = field.find_first_not_of(kPadding);
  if (begin == std::string_view::npos) return 0;
  const std::size_t end = std::min(field.find_first_of(kPadding, begin), field.size());
  std::int64_t value = 0;  // at most 12 digits
  for (const char digit : field.substr(begin, end - begin)) {
    if (digit < '0' || digit > '7') return {};
    value = 8 * value + (digit - '0');
  }
  return value;
}

std::optional<std::int64_t> parse_number(std::string_view field) {
  const bool binary = (static_cast<unsigned char>(field[0]) & 0x80) != 0;
  return binary ? parse_base256(field) : parse_octal(field);
}

/// The sum of the block's bytes, with spaces in place of the checksum. Some old programs sum signed bytes.
struct Sums {
  std::int64_t of_unsigned = std::int64_t{kChecksum.size} * ' ', of_signed = of_unsigned;
};
Sums checksums(ByteView block) {
  Sums sums;
  for (std::size_t i = 0; i < kTarBlockBytes; ++i) {
    if (i >= kChecksum.offset && i < kChecksum.offset + kChecksum.size) continue;
    sums.of_unsigned += std::to_integer<unsigned char>(block[i]);
    sums.of_signed += static_cast<signed char>(block[i]);
  }
  return sums;
}

std::optional<std::int64_t> stored_checksum(ByteView block) {
  const std::string_view field = bytes_of(block, kChecksum);
  return field.find_first_of("01234567") == std::string_view::npos ? std::nullopt : parse_octal(field);
}

std::string full_name(ByteView block) {
  std::string name(text_of(block, kName));
  if (!bytes_of(block, kMagic).starts_with("ustar\0"sv)) return name;  // GNU uses these bytes otherwise
  const bool star = bytes_of(block, kStarTrailer) == "tar\0"sv;
  const std::string_view prefix = text_of(block, star ? kStarPrefix : kPrefix);
  return prefix.empty() ? name : std::string(prefix) + "/" + name;
}

}  // namespace

bool has_tar_checksum(ByteView head) {
  if (head.size() < kTarBlockBytes) return false;
  const std::optional<std::int64_t> stored = stored_checksum(head);
  const Sums sums = checksums(head);
  return stored && (*stored == sums.of_unsigned || *stored == sums.of_signed);
}

bool has_tar_magic(ByteView head) {
  return head.size() >= kMagic.offset + 5 && as_text(head.subspan(kMagic.offset, 5)) == "ustar";
}

bool is_zero_block(ByteView block) {
  return std::all_of(block.begin(), block.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

TarHeader parse_tar_header(ByteView block, std::string_view subject, std::int64_t place) {
  const auto fail_header = [&](const std::string& problem) {
    fail(ErrorCode::corrupt, subject,
         "has a damaged member header at byte " + std::to_string(place) + ": " + problem);
  };
  if (!has_tar_checksum(block)) {
    const std::optional<std::int64_t> stored = stored_checksum(block);
    fail_header("its checksum is " + (stored ? std::to_string(*stored) : "not a number") + ", expected " +
                std::to_string(checksums(block).of_unsigned));
  }
  TarHeader header;
  header.name = full_name(block);
  header.type = static_cast<char>(block[kType]);
  if (header.type == '\0' || header.type == '7') header.type = '0';
  const std::optional<std::int64_t> size = parse_number(bytes_of(block, kSize));
  constexpr auto kMaxSize =
      std::numeric_limits<std::int64_t>::max() - static_cast<std::int64_t>(kTarBlockBytes);
  if (!size || *size > kMaxSize) fail_header("its size is not a number from 0 to 2^63 - 513");
  header.size = *size;
  header.has_sparse_map = header.type == 'S' && block[kSparseMap] != std::byte{0};
  return header;
}

}  // namespace sightline
