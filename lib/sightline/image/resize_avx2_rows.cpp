// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resize_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>

namespace sightline {

namespace {

// The pass takes 8 rows at once, one in each 32-bit lane, as resize_avx512_rows.cpp takes 16. A column holds
// one channel of two adjacent pixels as 16-bit numbers for each of the rows.

constexpr int kHalf = 1 << 21;
constexpr int kRows = 8;

/// For each of two rows: the four bytes of each channel of four pixels, in the order of pixels 0, 2, 1, 3, so
/// that masking and shifting 16-bit numbers gives pixels 0 and 1, and then 2 and 3.
alignas(16) constexpr signed char kGroup3[16] = {0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11, -1, -1, -1, -1};
alignas(16) constexpr signed char kGroup4[16] = {0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15};

/// Writes the columns of four pixels: two pairs of `channels` columns.
template <int channels>
[[gnu::target("avx2")]] inline void transpose_group(const std::uint8_t* in, std::ptrdiff_t stride, int rows,
                                                    PairColumn* out) {
  const auto* order = reinterpret_cast<const __m128i*>(channels == 3 ? kGroup3 : kGroup4);
  const __m256i shuffle = _mm256_broadcastsi128_si256(_mm_load_si128(order));
  const auto load = [&](int r) [[gnu::target("avx2")]] {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + std::min(r, rows - 1) * stride));
  };
  __m256i row[4];  // row r, and row r + 4 in the upper half
  for (int r = 0; r < 4; ++r) {
    row[r] = _mm256_shuffle_epi8(_mm256_inserti128_si256(_mm256_castsi128_si256(load(r)), load(r + 4), 1),
                                 shuffle);
  }
  const __m256i a = _mm256_unpacklo_epi32(row[0], row[1]);
  const __m256i b = _mm256_unpacklo_epi32(row[2], row[3]);
  const __m256i c = _mm256_unpackhi_epi32(row[0], row[1]);
  const __m256i d = _mm256_unpackhi_epi32(row[2], row[3]);
  const __m256i bytes[4] = {_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b),
                            _mm256_unpacklo_epi64(c, d), _mm256_unpackhi_epi64(c, d)};
  const __m256i low = _mm256_set1_epi16(0xff);
  for (int i = 0; i < channels; ++i) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(out + i), _mm256_and_si256(bytes[i], low));
    _mm256_store_si256(reinterpret_cast<__m256i*>(out + channels + i), _mm256_srli_epi16(bytes[i], 8));
  }
}

template <int channels>
struct Sums {
  __m256i low[channels];
  __m256i high[channels];
};

/// Adds the products of `count` pairs. Where all high parts are 0, they are left out.
template <int channels, bool with_high>
[[gnu::target("avx2")]] inline const PairColumn* add_pairs(const PairWeights::Pair* pair, std::int32_t count,
                                                           const PairColumn* column, Sums<channels>& sums) {
  for (; count > 0; --count, ++pair, column += channels) {
    const __m256i low = _mm256_set1_epi32(pair->low);
    const __m256i high = _mm256_set1_epi32(pair->high);
    for (int c = 0; c < channels; ++c) {
      const __m256i pixels = _mm256_load_si256(reinterpret_cast<const __m256i*>(column + c));
      sums.low[c] = _mm256_add_epi32(sums.low[c], _mm256_madd_epi16(pixels, low));
      if (with_high) {
        sums.high[c] = _mm256_add_epi32(sums.high[c], _mm256_madd_epi16(pixels, high));
      }
    }
  }
  return column;
}

/// One output pixel in 8 rows: byte r + 4 * c of either half is channel c of row r, or of row r + 4.
template <int channels>
[[gnu::target("avx2")]] inline __m256i sum_output(const PairWeights::Output& output,
                                                  const PairWeights::Pair* pairs, const PairColumn* columns) {
  Sums<channels> sums;
  for (int c = 0; c < channels; ++c) {
    sums.low[c] = _mm256_set1_epi32(kHalf);
    sums.high[c] = _mm256_setzero_si256();
  }
  const PairWeights::Pair* pair = pairs + output.begin;
  const PairColumn* column = columns + output.first * channels;
  column = add_pairs<channels, false>(pair, output.high_begin, column, sums);
  column =
      add_pairs<channels, true>(pair + output.high_begin, output.high_end - output.high_begin, column, sums);
  add_pairs<channels, false>(pair + output.high_end, output.count - output.high_end, column, sums);
  __m256i result[4];
  for (int c = 0; c < 4; ++c) {
    result[c] = c < channels
                    ? _mm256_srai_epi32(_mm256_add_epi32(_mm256_slli_epi32(sums.high[c % channels], 16),
                                                         sums.low[c % channels]),
                                        22)
                    : _mm256_setzero_si256();
  }
  return _mm256_packus_epi16(_mm256_packs_epi32(result[0], result[1]),
                             _mm256_packs_epi32(result[2], result[3]));
}

/// Writes four output pixels of each row.
template <int channels>
[[gnu::target("avx2")]] inline void store_pixels(const __m256i (&pixels)[4], std::uint8_t* out,
                                                 std::ptrdiff_t stride, int rows) {
  const __m256i by_row =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
  const __m256i squeeze =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
  __m256i p[4];
  for (int i = 0; i < 4; ++i) {
    p[i] = _mm256_shuffle_epi8(pixels[i], by_row);
  }
  const __m256i a = _mm256_unpacklo_epi32(p[0], p[1]);
  const __m256i b = _mm256_unpacklo_epi32(p[2], p[3]);
  const __m256i c = _mm256_unpackhi_epi32(p[0], p[1]);
  const __m256i d = _mm256_unpackhi_epi32(p[2], p[3]);
  const __m256i row[4] = {_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b),
                          _mm256_unpacklo_epi64(c, d), _mm256_unpackhi_epi64(c, d)};
  for (int r = 0; r < std::min(rows, 4); ++r) {
    // Three channels: what follows the 12 bytes is overwritten by the next pixels or falls into the padding.
    const __m256i bytes = channels == 3 ? _mm256_shuffle_epi8(row[r], squeeze) : row[r];
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + r * stride), _mm256_castsi256_si128(bytes));
    if (r + 4 < rows) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + (r + 4) * stride),
                       _mm256_extracti128_si256(bytes, 1));
    }
  }
}

template <int channels>
[[gnu::target("avx2")]] void horizontal_rows(const HorizontalPass& pass, const std::uint8_t* in,
                                             std::ptrdiff_t in_stride, std::uint8_t* out,
                                             std::ptrdiff_t out_stride, int rows) {
  const PairWeights& weights = pass.pairs;
  const auto outputs = static_cast<std::int32_t>(weights.outputs.size());
  // Source pixels are transposed just before they are used, unless the outputs run against them.
  const bool ascending = outputs > 0 && weights.outputs.front().first <= weights.outputs.back().first;
  const std::uint8_t* group = in + static_cast<std::ptrdiff_t>(weights.origin) * channels;
  std::int32_t transposed = 0;
  __m256i pixels[4] = {};
  for (std::int32_t i = 0; i < outputs; ++i) {
    const PairWeights::Output& output = weights.outputs[static_cast<std::size_t>(i)];
    const std::int32_t end = ascending ? output.first + output.count : weights.source_pairs;
    for (; transposed < end; transposed += 2, group += std::ptrdiff_t{4} * channels) {
      transpose_group<channels>(group, in_stride, rows, pass.pair_columns + transposed * channels);
    }
    pixels[i % 4] = sum_output<channels>(output, weights.pairs.data(), pass.pair_columns);
    if (i % 4 == 3 || i + 1 == outputs) {
      store_pixels<channels>(pixels, out + std::ptrdiff_t{i / 4 * 4} * channels, out_stride, rows);
    }
  }
}

}  // namespace

void horizontal_avx2(const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride,
                     std::uint8_t* out, std::ptrdiff_t out_stride, int rows) {
  for (; rows > 0; rows -= kRows, in += kRows * in_stride, out += kRows * out_stride) {
    (pass.channels == 3 ? horizontal_rows<3> : horizontal_rows<4>)(pass, in, in_stride, out, out_stride,
                                                                   std::min(rows, kRows));
  }
}

}  // namespace sightline

#endif
