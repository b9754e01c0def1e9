// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resize_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>

namespace sightline {

namespace {

// The pass takes 16 rows at once, one in each 32-bit lane, so that a weight serves all of them and no sum
// crosses lanes. The source is transposed for that: a column holds one channel of four adjacent pixels (a
// group) for each of the rows.

constexpr int kHalf = 1 << 21;

/// The groups that fit one 64-byte load of 3 or 4 channels, and their columns.
constexpr int groups_per_block(int channels) { return channels == 3 ? 5 : 4; }

struct alignas(64) Bytes {
  std::uint8_t at[64];
};

/// For the byte permutation of two rows of pixels: columns [first, first + 8), each of the one row and then
/// of the other.
constexpr Bytes column_bytes(int channels, int first) {
  Bytes index{};
  for (int c = 0; c < 8; ++c) {
    const int group = (first + c) / channels;
    const int channel = (first + c) % channels;
    for (int tap = 0; tap < 4 && group < groups_per_block(channels); ++tap) {
      const auto byte = static_cast<std::uint8_t>((4 * group + tap) * channels + channel);
      index.at[8 * c + tap] = byte;
      index.at[8 * c + 4 + tap] = static_cast<std::uint8_t>(byte + 64);
    }
  }
  return index;
}
template <int channels>
constexpr Bytes kColumnBytes[2] = {column_bytes(channels, 0), column_bytes(channels, 8)};

/// Writes the columns of one block of pixels. Each step interleaves row r with row r + 8, then pairs of rows
/// with pairs, and so on.
template <int channels>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] inline void transpose_block(
    const std::uint8_t* in, std::ptrdiff_t stride, int rows, ByteColumn* out) {
  // The interleaving leaves the rows in this order, so they are loaded in it.
  constexpr int kOrder[kRowBatch] = {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};
  const __m512i pair_low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
  const __m512i pair_high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  const __m512i four_low = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i four_high = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  __m512i row[16];
  for (int r = 0; r < kRowBatch; ++r) {
    row[kOrder[r]] = _mm512_loadu_si512(in + std::min(r, rows - 1) * stride);
  }
  __m512i two[8][2];
  for (int half = 0; half < 2; ++half) {
    const __m512i index = _mm512_load_si512(kColumnBytes<channels>[half].at);
    for (int r = 0; r < 8; ++r) {
      two[r][half] = _mm512_permutex2var_epi8(row[r], index, row[r + 8]);
    }
  }
  for (int half = 0; half < 2; ++half) {
    __m512i four[4][2];
    for (int r = 0; r < 4; ++r) {
      four[r][0] = _mm512_permutex2var_epi64(two[r][half], pair_low, two[r + 4][half]);
      four[r][1] = _mm512_permutex2var_epi64(two[r][half], pair_high, two[r + 4][half]);
    }
    for (int quarter = 0; quarter < 2; ++quarter) {
      for (int part = 0; part < 2; ++part) {
        const __m512i index = part == 0 ? four_low : four_high;
        const __m512i a = _mm512_permutex2var_epi64(four[0][quarter], index, four[2][quarter]);
        const __m512i b = _mm512_permutex2var_epi64(four[1][quarter], index, four[3][quarter]);
        ByteColumn* to = out + 8 * half + 4 * quarter + 2 * part;
        _mm512_store_si512(to, _mm512_shuffle_i64x2(a, b, 0x44));
        _mm512_store_si512(to + 1, _mm512_shuffle_i64x2(a, b, 0xee));
      }
    }
  }
}

/// sum + VPDPBUSD's products. GCC 12 copies every sum before and after the intrinsic.
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] inline __m512i add_products(
    __m512i sum, __m512i pixels, __m512i weights) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(pixels), "v"(weights));
  return sum;
}

/// The sums of one output pixel in 16 rows, rounded but not yet clipped.
template <int channels>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] inline void sum_groups(
    std::span<const ByteWeights::Group> groups, const ByteColumn* column, __m512i (&result)[4]) {
  __m512i low[channels];
  __m512i middle[channels];
  __m512i high[channels];
  for (int c = 0; c < channels; ++c) {
    low[c] = _mm512_set1_epi32(kHalf);
    middle[c] = high[c] = _mm512_setzero_si512();
  }
  for (const ByteWeights::Group& group : groups) {
    const __m512i l = _mm512_set1_epi32(group.low);
    const __m512i m = _mm512_set1_epi32(group.middle);
    const __m512i h = _mm512_set1_epi32(group.high);
    for (int c = 0; c < channels; ++c, ++column) {
      const __m512i pixels = _mm512_load_si512(column);
      low[c] = add_products(low[c], pixels, l);
      middle[c] = add_products(middle[c], pixels, m);
      high[c] = add_products(high[c], pixels, h);
    }
  }
  for (int c = 0; c < channels; ++c) {
    const __m512i upper = _mm512_add_epi32(_mm512_slli_epi32(high[c], 8), middle[c]);
    result[c] = _mm512_srai_epi32(_mm512_add_epi32(_mm512_slli_epi32(upper, 8), low[c]), 22);
  }
  if (channels == 3) {
    result[3] = _mm512_setzero_si512();
  }
}

/// Writes four output pixels of each row. Sample r of lane L of `pixels` belongs to row 4 * L + r.
template <int channels>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] inline void store_pixels(
    const __m512i (&pixels)[4], std::uint8_t* out, std::ptrdiff_t stride, int rows) {
  const __m512i by_row =
      _mm512_broadcast_i32x4(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
  const __m512i squeeze =
      _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
  __m512i p[4];
  for (int i = 0; i < 4; ++i) {
    p[i] = _mm512_shuffle_epi8(pixels[i], by_row);
  }
  const __m512i a = _mm512_unpacklo_epi32(p[0], p[1]);
  const __m512i b = _mm512_unpacklo_epi32(p[2], p[3]);
  const __m512i c = _mm512_unpackhi_epi32(p[0], p[1]);
  const __m512i d = _mm512_unpackhi_epi32(p[2], p[3]);
  __m512i row[4] = {_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b), _mm512_unpacklo_epi64(c, d),
                    _mm512_unpackhi_epi64(c, d)};
  alignas(64) std::uint8_t bytes[4][64];
  for (int r = 0; r < 4; ++r) {
    // Three channels: what follows the 12 bytes is overwritten by the next pixels or falls into the padding.
    _mm512_store_si512(bytes[r], channels == 3 ? _mm512_shuffle_epi8(row[r], squeeze) : row[r]);
  }
  for (int y = 0; y < rows; ++y) {
    const auto* from = reinterpret_cast<const __m128i*>(bytes[y % 4] + 16 * (y / 4));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + y * stride), _mm_load_si128(from));
  }
}

template <int channels>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] void horizontal_rows(
    const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride, std::uint8_t* out,
    std::ptrdiff_t out_stride, int rows) {
  constexpr int kGroups = groups_per_block(channels);
  const ByteWeights& weights = pass.bytes;
  const std::int32_t outputs = pass.axis.size();
  // Source pixels are transposed just before they are used, unless the outputs run against them.
  const bool ascending = outputs > 0 && weights.first.front() <= weights.first.back();
  const std::uint8_t* block = in + static_cast<std::ptrdiff_t>(weights.origin) * channels;
  std::int32_t transposed = 0;
  __m512i pixels[4];
  for (std::int32_t i = 0; i < outputs; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::size_t begin = weights.begin[at];
    const auto count = static_cast<std::int32_t>(weights.begin[at + 1] - begin);
    const std::int32_t end = ascending ? weights.first[at] + count : weights.source_groups;
    for (; transposed < end; transposed += kGroups, block += std::ptrdiff_t{4} * kGroups * channels) {
      transpose_block<channels>(block, in_stride, rows, pass.columns + transposed * channels);
    }
    __m512i sums[4];
    sum_groups<channels>(std::span(weights.groups).subspan(begin, static_cast<std::size_t>(count)),
                         pass.columns + weights.first[at] * channels, sums);
    pixels[i % 4] =
        _mm512_packus_epi16(_mm512_packs_epi32(sums[0], sums[1]), _mm512_packs_epi32(sums[2], sums[3]));
    if (i % 4 == 3 || i + 1 == outputs) {
      store_pixels<channels>(pixels, out + std::ptrdiff_t{i / 4 * 4} * channels, out_stride, rows);
    }
  }
}

}  // namespace

void horizontal_avx512(const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride,
                       std::uint8_t* out, std::ptrdiff_t out_stride, int rows) {
  (pass.channels == 3 ? horizontal_rows<3> : horizontal_rows<4>)(pass, in, in_stride, out, out_stride, rows);
}

}  // namespace sightline

#endif
