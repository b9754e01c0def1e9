// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/orientation.h"

#include <array>
#include <bit>
#include <cmath>
#include <string_view>
#include <vector>

namespace sightline {

namespace {

constexpr std::uint32_t kOrientationTag = 0x0112;

std::uint32_t number(ByteView bytes, std::size_t offset, std::size_t size, bool little) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = offset + (little ? size - 1 - i : i);
    value = value << 8 | static_cast<std::uint32_t>(bytes[at]);
  }
  return value;
}

/// Size of one value of each TIFF type; 0 for invalid types. Source: Pillow's TiffImagePlugin.
std::size_t type_size(std::uint32_t type) {
  constexpr std::array<std::size_t, 17> kSizes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8};
  return type < kSizes.size() ? kSizes[type] : 0;
}

int orientation_or_upright(std::int64_t value) {
  return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

int orientation_or_upright(double value) {
  return value >= 1 && value <= 8 && value == std::floor(value) ? static_cast<int>(value) : 1;
}

enum Type : std::uint32_t {
  kShort = 3,
  kLong = 4,
  kRational = 5,
  kSignedByte = 6,
  kSignedShort = 8,
  kSignedLong = 9,
  kSignedRational = 10,
  kFloat = 11,
  kDouble = 12,
  kIfd = 13,
  kLong8 = 16,
};

/// The value at `at`. Pillow does not treat bytes and texts as numbers, but accepts a float or a fraction
/// that is an integer.
int value_at(ByteView exif, std::size_t at, std::uint32_t type, bool little) {
  const auto eight_bytes = [&] {
    const std::uint64_t first = number(exif, at, 4, little), second = number(exif, at + 4, 4, little);
    return little ? second << 32 | first : first << 32 | second;
  };
  switch (type) {
    case kShort:
    case kLong:
    case kSignedByte:
    case kSignedShort:
    case kSignedLong:
    case kIfd:
      return orientation_or_upright(std::int64_t{number(exif, at, type_size(type), little)});
    case kLong8: {
      const std::uint64_t value = eight_bytes();
      return orientation_or_upright(value > 8 ? std::int64_t{0} : static_cast<std::int64_t>(value));
    }
    case kFloat:
      return orientation_or_upright(double{std::bit_cast<float>(number(exif, at, 4, little))});
    case kDouble:
      return orientation_or_upright(std::bit_cast<double>(eight_bytes()));
    case kRational:
    case kSignedRational: {
      const std::uint32_t first = number(exif, at, 4, little), second = number(exif, at + 4, 4, little);
      const bool is_signed = type == kSignedRational;
      const std::int64_t over = is_signed ? std::int64_t{static_cast<std::int32_t>(first)} : first;
      const std::int64_t under = is_signed ? std::int64_t{static_cast<std::int32_t>(second)} : second;
      return under != 0 && over % under == 0 ? orientation_or_upright(over / under) : 1;
    }
    default:
      return 1;
  }
}

constexpr std::string_view kExifPrefix("Exif\0\0", 6);

/// Whether the 8 bytes of a header are TIFF, in either byte order of each of its two numbers. Pillow accepts
/// the number of a big-endian BigTIFF, too, and treats it as a regular TIFF.
bool is_tiff_block(ByteView exif) {
  const std::string_view order = as_text(exif).substr(0, 2), version = as_text(exif).substr(order.size(), 2);
  const bool known = version == std::string_view("*\0", 2) || version == std::string_view("\0*", 2);
  const bool big = order == "MM" && version == std::string_view("\0+", 2);
  return exif.size() >= 8 && (((order == "II" || order == "MM") && known) || big);
}

}  // namespace

ExifOrientation read_exif_orientation(ByteView exif) {
  ExifOrientation result;
  for (int i = 0; i < 2 && as_text(exif).starts_with(kExifPrefix); ++i) {
    exif = exif.subspan(kExifPrefix.size());
  }
  if (exif.empty()) {
    return result;
  }
  if (!is_tiff_block(exif)) {
    result.unreadable = true;
    return result;
  }
  const bool little = as_text(exif)[0] == 'I';
  const std::size_t directory = number(exif, 4, 4, little);
  if (directory > exif.size() || exif.size() - directory < 2) {
    return result;
  }
  const std::uint32_t entries = number(exif, directory, 2, little);
  std::uint64_t value_bytes = 0;  // bytes used by values outside the directory; a value that exceeds the
                                  // block is ignored
  std::vector<bool> has_value(std::size_t{1} << 16);  // the first of each tag
  std::size_t entry = directory + 2;
  for (std::uint32_t i = 0; i < entries && exif.size() - entry >= 12; ++i, entry += 12) {
    const std::uint32_t tag = number(exif, entry, 2, little);
    const std::uint32_t type = number(exif, entry + 2, 2, little);
    const std::uint64_t size = std::uint64_t{type_size(type)} * number(exif, entry + 4, 4, little);
    std::size_t at = entry + 8;
    if (size == 0 || has_value[tag]) {  // later values of a tag are ignored and do not use up bytes
      continue;
    }
    if (size > 4) {
      value_bytes += size;
      if (value_bytes > exif.size()) {
        continue;
      }
      at = number(exif, at, 4, little);
      if (at > exif.size() || exif.size() - at < size) {
        break;  // entries after a truncated value are ignored
      }
    }
    has_value[tag] = true;
    if (tag == kOrientationTag) {
      result.found = true;
      result.value = value_at(exif, at, type, little);
      return result;
    }
  }
  return result;
}

ExifOrientation metadata_orientation(ByteView exif, ByteView xmp) {
  ExifOrientation result = read_exif_orientation(exif);
  if (!result.found && !result.unreadable) {
    result.value = xmp_orientation(xmp);
  }
  return result;
}

int xmp_orientation(ByteView xmp) {
  constexpr std::string_view kName = "tiff:Orientation";
  std::string_view text = as_text(xmp);
  for (std::size_t at = text.find(kName); at != std::string_view::npos; at = text.find(kName)) {
    text.remove_prefix(at + kName.size());
    const std::size_t skip = text.starts_with("=\"") ? 2 : text.starts_with(">") ? 1 : 0;
    if (skip != 0 && text.size() > skip && text[skip] >= '0' && text[skip] <= '9') {
      return orientation_or_upright(std::int64_t{text[skip] - '0'});
    }
  }
  return 1;
}

Orientation orientation_steps(int value) {
  // Source: EXIF 2.3, tag 274; Pillow's ImageOps.exif_transpose.
  constexpr std::array<Orientation, 9> kSteps = {{
      {},
      {},
      {false, true, false},  // 2: mirrored
      {false, true, true},   // 3: rotated by 180 degrees
      {false, false, true},  // 4: mirrored vertically
      {true, false, false},  // 5: transposed
      {true, false, true},   // 6: to be rotated clockwise
      {true, true, true},    // 7: transposed along the other diagonal
      {true, true, false},   // 8: to be rotated anticlockwise
  }};
  return value >= 1 && value <= 8 ? kSteps[static_cast<std::size_t>(value)] : Orientation{};
}

}  // namespace sightline
