// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/bmff.h"

#include <algorithm>

#include "sightline/image/codec.h"

namespace sightline {

namespace {

std::uint64_t big_endian(ByteView file, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = value << 8 | static_cast<std::uint64_t>(file[at + i]);
  }
  return value;
}

}  // namespace

std::string_view bmff_major_brand(ByteView file) {
  const std::string_view text = as_text(file);
  return text.size() >= 12 && text.substr(4, 4) == "ftyp" ? text.substr(8, 4) : std::string_view();
}

bool bmff_has_brand(ByteView file, std::span<const std::string_view> brands) {
  const std::string_view major = bmff_major_brand(file);
  if (major.empty()) {
    return false;
  }
  const auto named = [&](std::string_view brand) {
    return std::find(brands.begin(), brands.end(), brand) != brands.end();
  };
  constexpr std::size_t kLongestBox = 4096;
  const std::size_t end =
      std::min({static_cast<std::size_t>(big_endian(file, 0, 4)), file.size(), kLongestBox});
  bool found = named(major);
  for (std::size_t at = 16; !found && at + 4 <= end; at += 4) {  // after the minor version
    found = named(as_text(file).substr(at, 4));
  }
  return found;
}

bool bmff_is_truncated(ByteView file) {
  std::size_t at = 0;
  while (at < file.size()) {
    const std::size_t rest = file.size() - at;
    if (rest < 8) {
      return true;
    }
    std::uint64_t size = big_endian(file, at, 4);
    if (size == 1) {
      if (rest < 16) {
        return true;
      }
      size = big_endian(file, at + 8, 8);
    }
    if (size == 0) {  // extends to the end of the file
      return false;
    }
    if (size > rest) {
      return true;
    }
    if (size < 8) {
      return false;  // not a box
    }
    at += static_cast<std::size_t>(size);
  }
  return false;
}

void check_bmff_sizes(ByteView file, const ImageLimits& limits, std::string_view subject) {
  const std::string_view head = as_text(file).substr(0, 1U << 16);
  constexpr std::size_t kBody = 12;  // version and flags, width, height
  for (std::size_t at = head.find("ispe"); at != std::string_view::npos && head.size() - at >= 4 + kBody;
       at = head.find("ispe", at + 4)) {
    check_image_size(static_cast<std::int64_t>(big_endian(file, at + 8, 4)),
                     static_cast<std::int64_t>(big_endian(file, at + 12, 4)), limits, subject);
  }
}

}  // namespace sightline
