#include "sightline/image/orientation.h"

#include <array>
#include <string_view>

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

/// Bytes of one value of each TIFF type, 0 for numbers that are none. Source: Pillow's TiffImagePlugin.
std::size_t type_size(std::uint32_t type) {
  constexpr std::array<std::size_t, 17> kSizes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8};
  return type < kSizes.size() ? kSizes[type] : 0;
}

int valid_or_upright(std::uint32_t value) { return value >= 1 && value <= 8 ? static_cast<int>(value) : 1; }

/// The value at `at`: a whole number, or a fraction that is one. To Pillow bytes and texts are no numbers.
int value_at(ByteView exif, std::size_t at, std::uint32_t type, bool little) {
  switch (type) {
    case 3:
    case 4:
    case 6:
    case 8:
    case 9:
    case 13:
      return valid_or_upright(number(exif, at, type_size(type), little));
    case 5:
    case 10: {
      const std::uint32_t over = number(exif, at, 4, little), under = number(exif, at + 4, 4, little);
      return under != 0 && over % under == 0 ? valid_or_upright(over / under) : 1;
    }
    default:
      return 1;
  }
}

constexpr std::string_view kExifPrefix("Exif\0\0", 6);

}  // namespace

int exif_orientation(ByteView exif, bool* found) {
  if (found != nullptr) {
    *found = false;
  }
  if (as_text(exif).starts_with(kExifPrefix)) {  // once more than there should be: some programs do
    exif = exif.subspan(kExifPrefix.size());
  }
  const std::string_view order = as_text(exif).substr(0, 2), version = as_text(exif).substr(order.size(), 2);
  const bool little = order == "II";
  const bool known = version == std::string_view("*\0", 2) || version == std::string_view("\0*", 2);
  if (exif.size() < 8 || (!little && order != "MM") || !known) {
    return 1;
  }
  const std::size_t directory = number(exif, 4, 4, little);
  if (directory > exif.size() || exif.size() - directory < 2) {
    return 1;
  }
  const std::uint32_t entries = number(exif, directory, 2, little);
  std::uint64_t claimed = 0;  // by values outside the directory; those that claim more than there is are none
  std::size_t entry = directory + 2;
  for (std::uint32_t i = 0; i < entries && exif.size() - entry >= 12; ++i, entry += 12) {
    const std::uint32_t type = number(exif, entry + 2, 2, little);
    const std::uint64_t size = std::uint64_t{type_size(type)} * number(exif, entry + 4, 4, little);
    std::size_t at = entry + 8;
    if (size > 4) {
      claimed += size;
      if (claimed > exif.size()) {
        continue;
      }
      at = number(exif, at, 4, little);
      if (at > exif.size() || exif.size() - at < size) {
        break;  // what follows a value that is cut is not read
      }
    }
    if (number(exif, entry, 2, little) == kOrientationTag && size != 0) {
      if (found != nullptr) {
        *found = true;
      }
      return value_at(exif, at, type, little);
    }
  }
  return 1;
}

int xmp_orientation(ByteView xmp) {
  constexpr std::string_view kName = "tiff:Orientation";
  std::string_view text = as_text(xmp);
  for (std::size_t at = text.find(kName); at != std::string_view::npos; at = text.find(kName)) {
    text.remove_prefix(at + kName.size());
    const std::size_t skip = text.starts_with("=\"") ? 2 : text.starts_with(">") ? 1 : 0;
    if (skip != 0 && text.size() > skip && text[skip] >= '0' && text[skip] <= '9') {
      return valid_or_upright(static_cast<std::uint32_t>(text[skip] - '0'));
    }
  }
  return 1;
}

int metadata_orientation(ByteView exif, ByteView xmp) {
  bool found = false;
  const int orientation = exif_orientation(exif, &found);
  return found ? orientation : xmp_orientation(xmp);
}

Orientation orientation_steps(int value) {
  // Source: EXIF 2.3, tag 274; Pillow's ImageOps.exif_transpose.
  constexpr std::array<Orientation, 9> kSteps = {{
      {},
      {},
      {false, true, false},  // 2: mirrored
      {false, true, true},   // 3: half a turn
      {false, false, true},  // 4: upside down, mirrored
      {true, false, false},  // 5: transposed
      {true, false, true},   // 6: to be turned clockwise
      {true, true, true},    // 7: transposed over the other diagonal
      {true, true, false},   // 8: to be turned anticlockwise
  }};
  return value >= 1 && value <= 8 ? kSteps[static_cast<std::size_t>(value)] : Orientation{};
}

}  // namespace sightline
