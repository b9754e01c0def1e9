// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resize_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

namespace sightline {

namespace {

constexpr int kHalf = 1 << 21;

/// The byte order that turns eight pixels into 16-bit pairs of adjacent pixels, channel by channel; lane i
/// holds pixels 2i, 2i+1.
struct PairIndex {
  alignas(64) signed char bytes[64] = {};
  std::uint64_t used = 0;

  explicit constexpr PairIndex(int channels) {
    for (int lane = 0; lane < 4; ++lane) {
      for (int c = 0; c < channels; ++c) {
        for (int odd = 0; odd < 2; ++odd) {
          const int at = 16 * lane + 4 * c + 2 * odd;
          bytes[at] = static_cast<signed char>((2 * lane + odd) * channels + c);
          used |= std::uint64_t{1} << at;
        }
      }
    }
  }
};
constexpr PairIndex kPairs3(3);
constexpr PairIndex kPairs4(4);

/// high * 2^15 + low, rounded and truncated to integers (not yet to 0..255).
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] inline __m512i whole(__m512i high,
                                                                                        __m512i low) {
  const __m512i sum = _mm512_add_epi32(_mm512_slli_epi32(high, 15), low);
  return _mm512_srai_epi32(_mm512_add_epi32(sum, _mm512_set1_epi32(kHalf)), 22);
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] inline __m128i clip_to_bytes(
    __m512i values) {
  return _mm512_cvtusepi32_epi8(_mm512_max_epi32(values, _mm512_setzero_si512()));
}

/// Lane r of the result is the sum of the four lanes of rows[r].
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] inline __m512i sum_lanes(__m512i a,
                                                                                            __m512i b,
                                                                                            __m512i c,
                                                                                            __m512i d) {
  const __m512i ab = _mm512_add_epi32(_mm512_shuffle_i32x4(a, b, 0x44), _mm512_shuffle_i32x4(a, b, 0xee));
  const __m512i cd = _mm512_add_epi32(_mm512_shuffle_i32x4(c, d, 0x44), _mm512_shuffle_i32x4(c, d, 0xee));
  return _mm512_add_epi32(_mm512_shuffle_i32x4(ab, cd, 0x88), _mm512_shuffle_i32x4(ab, cd, 0xdd));
}

/// Computes `rows` output rows (1 or 4) at once, so that each weight is loaded once for all.
template <int rows>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] void horizontal_rows(
    const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride, std::uint8_t* out,
    std::ptrdiff_t out_stride) {
  const PairIndex& index = pass.channels == 3 ? kPairs3 : kPairs4;
  const __m512i shuffle = _mm512_load_si512(index.bytes);
  const __mmask64 used = index.used;
  const __m512i lanes = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
  const std::ptrdiff_t step = 8 * pass.channels;
  for (std::size_t i = 0; i < pass.axis.first.size(); ++i) {
    const std::uint8_t* pixel = in + static_cast<std::ptrdiff_t>(pass.axis.first[i]) * pass.channels;
    __m512i high[rows];
    __m512i low[rows];
    for (int r = 0; r < rows; ++r) {
      high[r] = low[r] = _mm512_setzero_si512();
    }
    for (std::size_t g = pass.weights.begin[i]; g < pass.weights.begin[i + 1]; ++g, pixel += step) {
      const PackedWeights::Group& group = pass.weights.groups[g];
      const __m128i h = _mm_loadu_si128(reinterpret_cast<const __m128i*>(group.high));
      const __m128i l = _mm_loadu_si128(reinterpret_cast<const __m128i*>(group.low));
      const __m512i hh = _mm512_permutexvar_epi32(lanes, _mm512_castsi128_si512(h));
      const __m512i ll = _mm512_permutexvar_epi32(lanes, _mm512_castsi128_si512(l));
      for (int r = 0; r < rows; ++r) {
        const __m256i eight = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(pixel + r * in_stride));
        const __m512i v = _mm512_maskz_permutexvar_epi8(used, shuffle, _mm512_castsi256_si512(eight));
        high[r] = _mm512_dpwssd_epi32(high[r], v, hh);
        low[r] = _mm512_dpwssd_epi32(low[r], v, ll);
      }
    }
    // One register of sums: lane r is row r. (A single row is summed four times, which costs less than a
    // branch.)
    const __m512i highs = sum_lanes(high[0], high[1 % rows], high[2 % rows], high[3 % rows]);
    const __m512i lows = sum_lanes(low[0], low[1 % rows], low[2 % rows], low[3 % rows]);
    alignas(16) std::uint8_t pixels[16];
    _mm_store_si128(reinterpret_cast<__m128i*>(pixels), clip_to_bytes(whole(highs, lows)));
    for (int r = 0; r < rows; ++r) {
      // Three channels: the fourth byte is overwritten by the next pixel; the last one falls into the
      // padding.
      std::memcpy(out + r * out_stride + static_cast<std::ptrdiff_t>(i) * pass.channels, pixels + 4 * r, 4);
    }
  }
}

/// Computes four output pixels at once, one in each lane; see WindowWeights.
template <int rows>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]] void window_rows(
    const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride, std::uint8_t* out,
    std::ptrdiff_t out_stride) {
  const WindowWeights& windows = pass.windows;
  const bool three = pass.channels == 3;
  const __mmask64 used = three ? 0x0555055505550555 : 0x5555555555555555;
  const __m512i step = _mm512_set1_epi8(static_cast<char>(2 * pass.channels));
  // Three channels: the unused fourth bytes are removed.
  const __m128i squeeze = three ? _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1)
                                : _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const WindowWeights::Lanes* lanes = windows.lanes.data();
  for (std::size_t g = 0; g < windows.base.size(); ++g, out += 4 * pass.channels) {
    __m512i window[rows];
    __m512i high[rows];
    __m512i low[rows];
    for (int r = 0; r < rows; ++r) {
      window[r] = _mm512_loadu_si512(in + r * in_stride +
                                     static_cast<std::ptrdiff_t>(windows.base[g]) * pass.channels);
      high[r] = low[r] = _mm512_setzero_si512();
    }
    __m512i index = _mm512_load_si512(windows.index[g].bytes);
    for (std::size_t p = 0; p < windows.pairs; ++p, ++lanes) {
      const __m512i h = _mm512_load_si512(lanes->high);
      const __m512i l = _mm512_load_si512(lanes->low);
      for (int r = 0; r < rows; ++r) {
        const __m512i v = _mm512_maskz_permutexvar_epi8(used, index, window[r]);
        high[r] = _mm512_dpwssd_epi32(high[r], v, h);
        low[r] = _mm512_dpwssd_epi32(low[r], v, l);
      }
      index = _mm512_add_epi8(index, step);
    }
    for (int r = 0; r < rows; ++r) {
      const __m128i bytes = _mm_shuffle_epi8(clip_to_bytes(whole(high[r], low[r])), squeeze);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + r * out_stride), bytes);
    }
  }
}

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

void horizontal_avx512(const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride,
                       std::uint8_t* out, std::ptrdiff_t out_stride, int rows) {
  const auto four = pass.windows.fits() ? window_rows<4> : horizontal_rows<4>;
  const auto one = pass.windows.fits() ? window_rows<1> : horizontal_rows<1>;
  for (; rows >= 4; rows -= 4, in += 4 * in_stride, out += 4 * out_stride) {
    four(pass, in, in_stride, out, out_stride);
  }
  for (; rows > 0; --rows, in += in_stride, out += out_stride) {
    one(pass, in, in_stride, out, out_stride);
  }
}

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
