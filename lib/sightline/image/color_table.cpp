// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/color_table.h"

#include <cstring>

namespace sightline {

ColorTable::ColorTable() { entries_.fill({0, 0, 0, 255}); }

void ColorTable::set(std::size_t index, std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  entries_.at(index) = {red, green, blue, 255};
}

void ColorTable::set_grey() {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto level = static_cast<std::uint8_t>(i);
    set(i, level, level, level);
  }
}

void ColorTable::set_transparent(std::size_t index) {
  entries_.at(index)[3] = 0;
  transparent_ = true;
}

std::vector<std::uint8_t> ColorTable::palette() const {
  std::vector<std::uint8_t> rgb;
  rgb.reserve(3 * entries_.size());
  for (const auto& entry : entries_) {
    rgb.insert(rgb.end(), entry.begin(), entry.begin() + 3);
  }
  return rgb;
}

void ColorTable::convert(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels) const {
  const auto channels = static_cast<std::size_t>(channels_of(format()));
  for (std::size_t i = 0; i < pixels; ++i, out += channels) {
    std::memcpy(out, entries_[in[i]].data(), channels);
  }
}

void unpack_bits(const std::uint8_t* in, std::uint8_t* out, std::size_t samples, int bits) {
  const auto per_byte = static_cast<std::size_t>(8 / bits);
  const int mask = (1 << bits) - 1;
  for (std::size_t i = 0; i < samples; ++i) {
    const int shift = 8 - bits * (static_cast<int>(i % per_byte) + 1);
    out[i] = static_cast<std::uint8_t>(in[i / per_byte] >> shift & mask);
  }
}

}  // namespace sightline
