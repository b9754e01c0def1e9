// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resize_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

namespace sightline {

namespace {

constexpr int kHalf = 1 << 21;

/// For each of two 128-bit lanes: the byte order that turns a load of four pixels into the 16-bit pairs of
/// two adjacent pixels, channel by channel (-1 = zero).
alignas(32) constexpr signed char kPairs3[32] = {0, -1, 3, -1, 1, -1, 4,  -1, 2, -1, 5,  -1, -1, -1, -1, -1,
                                                 6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1};
alignas(32) constexpr signed char kPairs4[32] = {0,  -1, 4,  -1, 1,  -1, 5,  -1, 2,  -1, 6,
                                                 -1, 3,  -1, 7,  -1, 8,  -1, 12, -1, 9,  -1,
                                                 13, -1, 10, -1, 14, -1, 11, -1, 15, -1};

/// Sums of the two lanes: one pixel of four channels.
[[gnu::target("avx2")]] inline __m128i fold(__m256i high, __m256i low) {
  const __m256i sum = _mm256_add_epi32(_mm256_slli_epi32(high, 15), low);
  const __m128i pixel = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  return _mm_srai_epi32(_mm_add_epi32(pixel, _mm_set1_epi32(kHalf)), 22);
}

/// Computes `rows` output rows (1 or 4) at once, so that each weight is loaded once for all.
template <int rows>
[[gnu::target("avx2")]] void horizontal_rows(const HorizontalPass& pass, const std::uint8_t* in,
                                             std::ptrdiff_t in_stride, std::uint8_t* out,
                                             std::ptrdiff_t out_stride) {
  const bool three = pass.channels == 3;
  const __m256i shuffle = _mm256_load_si256(reinterpret_cast<const __m256i*>(three ? kPairs3 : kPairs4));
  const __m256i first_pairs = _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1);
  const __m256i next_pairs = _mm256_setr_epi32(2, 2, 2, 2, 3, 3, 3, 3);
  const std::ptrdiff_t step = 4 * pass.channels;
  for (std::size_t i = 0; i < pass.axis.first.size(); ++i) {
    const std::uint8_t* pixel = in + static_cast<std::ptrdiff_t>(pass.axis.first[i]) * pass.channels;
    __m256i high[rows];
    __m256i low[rows];
    for (int r = 0; r < rows; ++r) {
      high[r] = low[r] = _mm256_setzero_si256();
    }
    std::int32_t left = pass.axis.count[i];
    for (std::size_t g = pass.weights.begin[i]; g < pass.weights.begin[i + 1]; ++g, left -= 8) {
      const PackedWeights::Group& group = pass.weights.groups[g];
      const __m256i h = _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(group.high)));
      const __m256i l = _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(group.low)));
      for (int half = 0; half < 2 && left > 4 * half; ++half, pixel += step) {
        const __m256i pairs = half == 0 ? first_pairs : next_pairs;
        const __m256i hh = _mm256_permutevar8x32_epi32(h, pairs);
        const __m256i ll = _mm256_permutevar8x32_epi32(l, pairs);
        for (int r = 0; r < rows; ++r) {
          const auto* four = reinterpret_cast<const __m128i*>(pixel + r * in_stride);
          const __m256i v = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128(four)), shuffle);
          high[r] = _mm256_add_epi32(high[r], _mm256_madd_epi16(v, hh));
          low[r] = _mm256_add_epi32(low[r], _mm256_madd_epi16(v, ll));
        }
      }
    }
    for (int r = 0; r < rows; ++r) {
      const __m128i words = _mm_packs_epi32(fold(high[r], low[r]), _mm_setzero_si128());
      const int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
      // Three channels: the fourth byte is overwritten by the next pixel; the last one falls into the
      // padding.
      std::memcpy(out + r * out_stride + static_cast<std::ptrdiff_t>(i) * pass.channels, &bytes, 4);
    }
  }
}

[[gnu::target("avx2")]] inline __m256i clip_words(__m256i high_a, __m256i low_a, __m256i high_b,
                                                  __m256i low_b) {
  const __m256i half = _mm256_set1_epi32(kHalf);
  const __m256i a = _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(high_a, 15), low_a), half);
  const __m256i b = _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(high_b, 15), low_b), half);
  return _mm256_packs_epi32(_mm256_srai_epi32(a, 22), _mm256_srai_epi32(b, 22));
}

}  // namespace

void horizontal_avx2(const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride,
                     std::uint8_t* out, std::ptrdiff_t out_stride, int rows) {
  for (; rows >= 4; rows -= 4, in += 4 * in_stride, out += 4 * out_stride) {
    horizontal_rows<4>(pass, in, in_stride, out, out_stride);
  }
  for (; rows > 0; --rows, in += in_stride, out += out_stride) {
    horizontal_rows<1>(pass, in, in_stride, out, out_stride);
  }
}

[[gnu::target("avx2")]] void vertical_avx2(const VerticalRow& row, std::uint8_t* out, std::size_t bytes) {
  const std::size_t taps = row.sources.size();
  for (std::size_t x = 0; x < bytes; x += 16) {
    __m256i high_a = _mm256_setzero_si256();
    __m256i high_b = high_a;
    __m256i low_a = high_a;
    __m256i low_b = high_a;
    for (std::size_t k = 0; k < taps; k += 2) {
      const PackedWeights::Group& group = row.groups[k / 8];
      const __m256i h = _mm256_set1_epi32(group.high[k % 8 / 2]);
      const __m256i l = _mm256_set1_epi32(group.low[k % 8 / 2]);
      const std::uint8_t* odd = row.sources[k + 1 < taps ? k + 1 : k];  // the weight of a missing row is 0
      const __m256i p =
          _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row.sources[k] + x)));
      const __m256i q = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(odd + x)));
      const __m256i a = _mm256_unpacklo_epi16(p, q);
      const __m256i b = _mm256_unpackhi_epi16(p, q);
      high_a = _mm256_add_epi32(high_a, _mm256_madd_epi16(a, h));
      high_b = _mm256_add_epi32(high_b, _mm256_madd_epi16(b, h));
      low_a = _mm256_add_epi32(low_a, _mm256_madd_epi16(a, l));
      low_b = _mm256_add_epi32(low_b, _mm256_madd_epi16(b, l));
    }
    const __m256i words = clip_words(high_a, low_a, high_b, low_b);
    const __m128i result =
        _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + x), result);
  }
}

}  // namespace sightline

#endif
