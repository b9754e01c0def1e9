// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resize_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace sightline {

namespace {

// The pass takes 16 rows at once, one in each 32-bit lane of two registers, as resize_avx512_rows.cpp does in
// one. A column holds one channel of two adjacent pixels as 16-bit numbers for each of the rows.

constexpr int kHalf = 1 << 21;
constexpr int kRows = 8;  // of a register

/// For each of two rows: the four bytes of each channel of four pixels, in the order of pixels 0, 2, 1, 3, so
/// that masking and shifting 16-bit numbers gives pixels 0 and 1, and then 2 and 3.
alignas(16) constexpr signed char kGroup3[16] = {0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11, -1, -1, -1, -1};
alignas(16) constexpr signed char kGroup4[16] = {0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15};

/// The rows that a pass reads and writes.
struct Rows {
  const std::uint8_t* in;
  std::ptrdiff_t in_stride;
  std::uint8_t* out;
  std::ptrdiff_t out_stride;
  int count;
};

/// Transposes the 32-bit words of four vectors, in each half of them.
[[gnu::target("avx2")]] inline void transpose_words(const __m256i (&in)[4], __m256i (&out)[4]) {
  const __m256i a = _mm256_unpacklo_epi32(in[0], in[1]);
  const __m256i b = _mm256_unpacklo_epi32(in[2], in[3]);
  const __m256i c = _mm256_unpackhi_epi32(in[0], in[1]);
  const __m256i d = _mm256_unpackhi_epi32(in[2], in[3]);
  out[0] = _mm256_unpacklo_epi64(a, b);
  out[1] = _mm256_unpackhi_epi64(a, b);
  out[2] = _mm256_unpacklo_epi64(c, d);
  out[3] = _mm256_unpackhi_epi64(c, d);
}

/// Writes 8 rows of the columns of four pixels, which begin `offset` bytes after the rows: two pairs of
/// `channels` columns, `step` samples apart.
template <int channels>
[[gnu::target("avx2")]] inline void transpose_group(const std::uint8_t* const* rows, std::ptrdiff_t offset,
                                                    std::uint16_t* out, std::ptrdiff_t step) {
  const auto* order = reinterpret_cast<const __m128i*>(channels == 3 ? kGroup3 : kGroup4);
  const __m256i shuffle = _mm256_broadcastsi128_si256(_mm_load_si128(order));
  __m256i row[4];  // row r, and row r + 4 in the upper half
  for (int r = 0; r < 4; ++r) {
    const auto* lower = reinterpret_cast<const __m128i*>(rows[r] + offset);
    const auto* upper = reinterpret_cast<const __m128i*>(rows[r + 4] + offset);
    const __m256i both =
        _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(lower)), _mm_loadu_si128(upper), 1);
    row[r] = _mm256_shuffle_epi8(both, shuffle);
  }
  __m256i bytes[4];
  transpose_words(row, bytes);
  const __m256i low = _mm256_set1_epi16(0xff);
  for (int i = 0; i < channels; ++i) {
    auto* first = reinterpret_cast<__m256i*>(out + i * step);
    auto* second = reinterpret_cast<__m256i*>(out + (channels + i) * step);
    _mm256_store_si256(first, _mm256_and_si256(bytes[i], low));
    _mm256_store_si256(second, _mm256_srli_epi16(bytes[i], 8));
  }
}

/// Adds VPMADDWD's products of 8 rows. GCC 12 copies every sum before and after the intrinsics.
[[gnu::target("avx2")]] inline void add_products(__m256i& sum, const std::uint16_t* samples,
                                                 __m256i weights) {
  const auto& pixels = *reinterpret_cast<const __m256i*>(samples);
  __m256i products;
  asm("vpmaddwd %2, %3, %1\n\tvpaddd %1, %0, %0" : "+x"(sum), "=&x"(products) : "m"(pixels), "x"(weights));
}

/// The sums of one output pixel: `s` counts the registers of a column, channel by channel. All indices are
/// constants, because GCC keeps an array that a loop indexes in memory.
template <std::size_t... s>
struct Sums {
  __m256i low[sizeof...(s)];
  __m256i high[sizeof...(s)];

  [[gnu::target("avx2"), gnu::always_inline]] explicit Sums(std::index_sequence<s...>) {
    const __m256i half = _mm256_set1_epi32(kHalf);
    ((low[s] = half, high[s] = _mm256_setzero_si256()), ...);
  }

  /// Adds the products of `count` pairs, whose columns are `step` samples apart. Where all high parts are 0,
  /// they are left out.
  template <bool with_high>
  [[gnu::target("avx2"), gnu::always_inline]] void add(const PairWeights::Pair* pair, std::int32_t count,
                                                       const std::uint16_t* samples, std::ptrdiff_t step) {
    for (; count > 0; --count, ++pair, samples += step) {
      const __m256i low_weights = _mm256_set1_epi32(pair->low);
      const __m256i high_weights = _mm256_set1_epi32(pair->high);
      if constexpr (with_high) {
        (add_products(high[s], samples + 2 * kRows * s, high_weights), ...);
      }
      (add_products(low[s], samples + 2 * kRows * s, low_weights), ...);
    }
  }

  [[gnu::target("avx2"), gnu::always_inline]] void round() {
    ((low[s] = _mm256_srai_epi32(_mm256_add_epi32(_mm256_slli_epi32(high[s], 16), low[s]), 22)), ...);
  }
};

/// One output pixel: byte r + 4 * c of either half of a register is channel c of row r, or of row r + 4.
template <int channels, int registers>
[[gnu::target("avx2"), gnu::always_inline]] inline void sum_output(const PairWeights& weights, std::int32_t i,
                                                                   const std::uint16_t* samples,
                                                                   __m256i (&result)[2]) {
  constexpr std::ptrdiff_t kStep = channels * registers * 2 * kRows;
  const PairWeights::Output& output = weights.outputs[static_cast<std::size_t>(i)];
  const PairWeights::Pair* pair = weights.pairs.data() + std::ptrdiff_t{i} * weights.count;
  const std::int32_t begin = output.high_begin, end = output.high_end;
  Sums sums(std::make_index_sequence<channels * registers>{});
  sums.template add<false>(pair, begin, samples, kStep);
  sums.template add<true>(pair + begin, end - begin, samples + begin * kStep, kStep);
  sums.template add<false>(pair + end, weights.count - end, samples + end * kStep, kStep);
  sums.round();
  const __m256i zero = _mm256_setzero_si256();
  const __m256i* level = sums.low;
  result[0] = _mm256_packus_epi16(
      _mm256_packs_epi32(level[0], level[registers]),
      _mm256_packs_epi32(level[2 * registers],
                         channels == 4 ? level[3 * registers % (channels * registers)] : zero));
  if (registers == 2) {
    constexpr int kNext = registers - 1;
    result[1] = _mm256_packus_epi16(_mm256_packs_epi32(level[kNext], level[registers + kNext]),
                                    _mm256_packs_epi32(level[2 * registers + kNext], zero));
  }
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
  __m256i row[4];
  transpose_words(p, row);
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

/// Takes up to 8 * `registers` rows.
template <int channels, int registers>
[[gnu::target("avx2")]] void horizontal_rows(const HorizontalPass& pass, const Rows& rows) {
  const PairWeights& weights = pass.pairs;
  const auto outputs = static_cast<std::int32_t>(weights.outputs.size());
  const std::uint8_t* in[registers * kRows];  // where rows are missing, the last one is read again
  for (int r = 0; r < registers * kRows; ++r) {
    in[r] = rows.in + std::min(r, rows.count - 1) * rows.in_stride;
  }
  std::ptrdiff_t offset = std::ptrdiff_t{weights.origin} * channels;
  constexpr std::ptrdiff_t kColumn = registers * 2 * kRows;
  constexpr std::ptrdiff_t kPair = channels * kColumn;
  std::uint16_t* const samples = pass.pair_columns->samples;
  std::int32_t transposed = 0;
  std::int32_t origin = 0;  // the pair at the start of the columns
  __m256i pixels[registers][4] = {};
  for (std::int32_t i = 0; i < outputs; ++i) {
    const std::int32_t first = weights.outputs[static_cast<std::size_t>(i)].first;
    if (first + weights.count + 1 - origin > weights.held_pairs) {
      const std::int32_t even = first - first % 2;  // groups are two pairs
      if (even < transposed) {
        std::memmove(samples, samples + (even - origin) * kPair,
                     static_cast<std::size_t>((transposed - even) * kPair) * sizeof(*samples));
      } else {
        offset += std::ptrdiff_t{2} * channels * (even - transposed);
        transposed = even;
      }
      origin = even;
    }
    // Source pixels are transposed just before they are used, unless the outputs run against them.
    const std::int32_t end =
        weights.ascending() ? std::min(first + weights.count, weights.source_pairs) : weights.source_pairs;
    for (; transposed < end; transposed += 2, offset += std::ptrdiff_t{4} * channels) {
      std::uint16_t* to = samples + (transposed - origin) * kPair;
      for (int r = 0; r < registers; ++r) {
        transpose_group<channels>(in + kRows * r, offset, to + 2 * kRows * r, kColumn);
      }
    }
    __m256i sums[2];
    sum_output<channels, registers>(weights, i, samples + (first - origin) * kPair, sums);
    for (int r = 0; r < registers; ++r) {
      pixels[r][i % 4] = sums[r];
    }
    if (i % 4 == 3 || i + 1 == outputs) {
      std::uint8_t* to = rows.out + std::ptrdiff_t{i / 4 * 4} * channels;
      for (int r = 0; r < registers; ++r) {
        store_pixels<channels>(pixels[r], to + kRows * r * rows.out_stride, rows.out_stride,
                               rows.count - kRows * r);
      }
    }
  }
}

}  // namespace

void horizontal_avx2(const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride,
                     std::uint8_t* out, std::ptrdiff_t out_stride, int rows) {
  if (pass.channels == 3 && rows > kRows) {
    return horizontal_rows<3, 2>(pass, {in, in_stride, out, out_stride, rows});
  }
  for (; rows > 0; rows -= kRows, in += kRows * in_stride, out += kRows * out_stride) {
    const Rows some = {in, in_stride, out, out_stride, std::min(rows, kRows)};
    (pass.channels == 3 ? horizontal_rows<3, 1> : horizontal_rows<4, 1>)(pass, some);
  }
}

}  // namespace sightline

#endif
