// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resize_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

namespace sightline {

namespace {

constexpr int kHalf = 1 << 21;

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] inline __m512i clip_words(__m512i high_a,
                                                                                             __m512i low_a,
                                                                                             __m512i high_b,
                                                                                             __m512i low_b) {
  const __m512i half = _mm512_set1_epi32(kHalf);
  const __m512i a = _mm512_add_epi32(_mm512_add_epi32(_mm512_slli_epi32(high_a, 15), low_a), half);
  const __m512i b = _mm512_add_epi32(_mm512_add_epi32(_mm512_slli_epi32(high_b, 15), low_b), half);
  return _mm512_packs_epi32(_mm512_srai_epi32(a, 22), _mm512_srai_epi32(b, 22));
}

}  // namespace

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] void vertical_avx512(
    const VerticalRow& row, std::uint8_t* out, std::size_t bytes) {
  const std::size_t taps = row.sources.size();
  for (std::size_t x = 0; x < bytes; x += 32) {
    __m512i high_a = _mm512_setzero_si512();
    __m512i high_b = high_a;
    __m512i low_a = high_a;
    __m512i low_b = high_a;
    for (std::size_t k = 0; k < taps; k += 2) {
      const PackedWeights::Group& group = row.groups[k / 8];
      const __m512i h = _mm512_set1_epi32(group.high[k % 8 / 2]);
      const __m512i l = _mm512_set1_epi32(group.low[k % 8 / 2]);
      const std::uint8_t* odd = row.sources[k + 1 < taps ? k + 1 : k];  // the weight of a missing row is 0
      const __m512i p =
          _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(row.sources[k] + x)));
      const __m512i q = _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(odd + x)));
      const __m512i a = _mm512_unpacklo_epi16(p, q);
      const __m512i b = _mm512_unpackhi_epi16(p, q);
      high_a = _mm512_dpwssd_epi32(high_a, a, h);
      high_b = _mm512_dpwssd_epi32(high_b, b, h);
      low_a = _mm512_dpwssd_epi32(low_a, a, l);
      low_b = _mm512_dpwssd_epi32(low_b, b, l);
    }
    const __m512i words = clip_words(high_a, low_a, high_b, low_b);
    const __m512i positive = _mm512_max_epi16(words, _mm512_setzero_si512());
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + x), _mm512_cvtusepi16_epi8(positive));
  }
}

}  // namespace sightline

#endif
