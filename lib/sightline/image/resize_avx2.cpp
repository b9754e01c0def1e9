// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resize_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

namespace sightline {

namespace {

constexpr int kHalf = 1 << 21;

[[gnu::target("avx2")]] inline __m256i clip_words(__m256i high_a, __m256i low_a, __m256i high_b,
                                                  __m256i low_b) {
  const __m256i half = _mm256_set1_epi32(kHalf);
  const __m256i a = _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(high_a, 15), low_a), half);
  const __m256i b = _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(high_b, 15), low_b), half);
  return _mm256_packs_epi32(_mm256_srai_epi32(a, 22), _mm256_srai_epi32(b, 22));
}

}  // namespace

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
