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

/// Bytes of one value of the TIFF types that hold a whole number, 0 for the others.
std::size_t type_size(std::uint32_t type) {
  switch (type) {
    case 1:
    case 6:
      return 1;
    case 3:
    case 8:
      return 2;
    case 4:
    case 9:
      return 4;
    default:
      return 0;
  }
}

int valid_or_upright(std::uint32_t value) { return value >= 1 && value <= 8 ? static_cast<int>(value) : 1; }

}  // namespace

int exif_orientation(ByteView exif, bool* found) {
  if (found != nullptr) {
    *found = false;
  }
  const std::string_view text = as_text(exif);
  const bool little = text.starts_with(std::string_view("II*\0", 4));
  if (exif.size() < 8 || (!little && !text.starts_with(std::string_view("MM\0*", 4)))) {
    return 1;
  }
  const std::size_t directory = number(exif, 4, 4, little);
  if (directory > exif.size() || exif.size() - directory < 2) {
    return 1;
  }
  const std::uint32_t entries = number(exif, directory, 2, little);
  int orientation = 1;
  std::size_t entry = directory + 2;
  for (std::uint32_t i = 0; i < entries && exif.size() - entry >= 12; ++i, entry += 12) {
    const std::size_t size = type_size(number(exif, entry + 2, 2, little));
    if (number(exif, entry, 2, little) == kOrientationTag && size != 0 &&
        number(exif, entry + 4, 4, little) == 1) {
      orientation = valid_or_upright(number(exif, entry + 8, size, little));
      if (found != nullptr) {
        *found = true;
      }
    }
  }
  return orientation;
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
