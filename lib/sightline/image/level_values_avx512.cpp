// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/level_values.h"

#if defined(__x86_64__)

#include <immintrin.h>

namespace sightline {

// A table of 256 floats is held as four tables of 256 bytes in 16 registers, and each byte of a value is
// looked up by a permutation.

namespace {

constexpr int kPixels = 64;  // of a block

struct alignas(64) Bytes {
  std::uint8_t at[kPixels];
};

/// The order in which the levels are looked up, so that interleaving the four bytes of the results within
/// 128-bit lanes leaves the values in the order of the pixels.
constexpr int pixel_at(int position) {
  const int lane = position / 16;
  const int vector = position % 16 / 4;
  return 16 * vector + 4 * lane + position % 4;
}

/// Byte permutations that take one channel out of 192 bytes: from the first two registers, and then, where
/// the pixel is there, from the third.
struct ChannelIndex {
  Bytes front{};
  Bytes back{};
  std::uint64_t in_back = 0;

  explicit constexpr ChannelIndex(int channel) {
    for (int i = 0; i < kPixels; ++i) {
      const int byte = 3 * pixel_at(i) + channel;
      front.at[i] = static_cast<std::uint8_t>(byte % 128);
      back.at[i] = static_cast<std::uint8_t>(byte % 64);
      in_back |= std::uint64_t{byte >= 128} << i;
    }
  }
};
constexpr ChannelIndex kChannels[3] = {ChannelIndex(0), ChannelIndex(1), ChannelIndex(2)};

/// Splits a table: byte b of level i is at 256 * b + i.
void split_table(const std::array<float, 256>& table, std::uint8_t* bytes) {
  const auto* from = reinterpret_cast<const std::uint8_t*>(table.data());
  for (std::size_t i = 0; i < 256; ++i) {
    for (std::size_t b = 0; b < 4; ++b) {
      bytes[256 * b + i] = from[4 * i + b];
    }
  }
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] void look_up_channel(
    const std::uint8_t* pixels, std::size_t blocks, const ChannelIndex& channel, const std::uint8_t* table,
    float* values) {
  const __m512i front = _mm512_load_si512(channel.front.at);
  const __m512i back = _mm512_load_si512(channel.back.at);
  const __mmask64 in_back = channel.in_back;
  __m512i part[4][4];
  for (int i = 0; i < 16; ++i) {
    part[i / 4][i % 4] = _mm512_loadu_si512(table + 64 * i);
  }
  for (std::size_t block = 0; block < blocks; ++block, pixels += 3 * kPixels, values += kPixels) {
    __m512i level =
        _mm512_permutex2var_epi8(_mm512_loadu_si512(pixels), front, _mm512_loadu_si512(pixels + 64));
    level = _mm512_mask_permutexvar_epi8(level, in_back, back, _mm512_loadu_si512(pixels + 128));
    const __mmask64 upper_half = _mm512_movepi8_mask(level);
    __m512i byte[4];
    for (int b = 0; b < 4; ++b) {
      const __m512i lower = _mm512_permutex2var_epi8(part[b][0], level, part[b][1]);
      const __m512i upper = _mm512_permutex2var_epi8(part[b][2], level, part[b][3]);
      byte[b] = _mm512_mask_mov_epi8(lower, upper_half, upper);
    }
    const __m512i low_a = _mm512_unpacklo_epi8(byte[0], byte[1]);
    const __m512i low_b = _mm512_unpackhi_epi8(byte[0], byte[1]);
    const __m512i high_a = _mm512_unpacklo_epi8(byte[2], byte[3]);
    const __m512i high_b = _mm512_unpackhi_epi8(byte[2], byte[3]);
    _mm512_storeu_si512(values, _mm512_unpacklo_epi16(low_a, high_a));
    _mm512_storeu_si512(values + 16, _mm512_unpackhi_epi16(low_a, high_a));
    _mm512_storeu_si512(values + 32, _mm512_unpacklo_epi16(low_b, high_b));
    _mm512_storeu_si512(values + 48, _mm512_unpackhi_epi16(low_b, high_b));
  }
}

}  // namespace

std::size_t look_up_levels_avx512(std::span<const std::uint8_t> levels, const LevelValues& table,
                                  std::span<float> values) {
  const std::size_t plane = levels.size() / 3;
  const std::size_t blocks = plane / kPixels;
  alignas(64) std::uint8_t bytes[1024];
  for (std::size_t channel = 0; channel < 3 && blocks > 0; ++channel) {
    split_table(table[channel], bytes);
    look_up_channel(levels.data(), blocks, kChannels[channel], bytes, values.data() + channel * plane);
  }
  return blocks * kPixels;
}

}  // namespace sightline

#endif
