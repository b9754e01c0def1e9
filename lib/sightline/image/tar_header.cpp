// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/tar_header.h"

#include "sightline/base/error.h"

namespace sightline {

namespace {

constexpr std::size_t kHeaderBytes = 512, kMagicOffset = 257, kChecksumOffset = 148, kChecksumBytes = 8;

/// The octal digits of a field, padded with spaces and terminated by a NUL or a space; -1 if malformed.
std::int64_t octal(std::string_view field) {
  const std::size_t first = field.find_first_not_of(' ');
  if (first == std::string_view::npos) {
    return -1;
  }
  const std::size_t end = field.find_first_not_of("01234567", first);
  if (end == first || (end != std::string_view::npos && field[end] != '\0' && field[end] != ' ')) {
    return -1;
  }
  std::int64_t value = 0;
  for (const char digit : field.substr(first, end - first)) {
    value = 8 * value + (digit - '0');
  }
  return value;
}

}  // namespace

bool has_tar_checksum(ByteView file) {
  if (file.size() < kHeaderBytes) {
    return false;
  }
  const std::string_view header = as_text(file.first(kHeaderBytes));
  const std::int64_t expected = octal(header.substr(kChecksumOffset, kChecksumBytes));
  if (expected <= 0) {
    return false;
  }
  // The checksum is computed with spaces in its own field.
  std::int64_t sum = std::int64_t{kChecksumBytes} * ' ';
  for (std::size_t i = 0; i < kHeaderBytes; ++i) {
    if (i < kChecksumOffset || i >= kChecksumOffset + kChecksumBytes) {
      sum += static_cast<unsigned char>(header[i]);
    }
  }
  return sum == expected;
}

bool is_tar(ByteView file) {
  const std::string_view text = as_text(file);
  const bool magic = text.size() > kMagicOffset && text.substr(kMagicOffset).starts_with("ustar");
  return magic || has_tar_checksum(file);
}

void fail_tar(std::string_view subject) {
  fail(ErrorCode::unsupported, subject,
       "is a tar archive, which is not supported yet; unpack it and pass the folder");
}

}  // namespace sightline
