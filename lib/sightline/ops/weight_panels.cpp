// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/weight_panels.h"

#include <algorithm>
#include <cstring>

#include "sightline/base/by_cpu.h"
#include "sightline/base/error.h"
#include "sightline/base/half.h"
#include "sightline/ops/transpose.h"
#include "sightline/ops/vector_math.h"
#include "sightline/tensor/dtype_conversion.h"

namespace sightline {
namespace {

constexpr std::int64_t kDepth = 256;  // floats of each weight row converted at a time
// Number of floats prefetched in each row: rows are too short for the hardware prefetcher to detect the
// pattern.
constexpr std::int64_t kPrefetchDistance = 64;

constexpr std::int64_t kBlock = 8;

// Transposes [8, 8] floats: rows `stride` apart, written `width` apart.
[[gnu::always_inline]] inline void transpose_block(const float* in, std::int64_t stride, float* out,
                                                   std::int64_t width) {
  const float* rows[kBlock];
  for (std::int64_t i = 0; i < kBlock; ++i) rows[i] = in + i * stride;
  transpose_eight(rows, out, width);
}

constexpr std::int64_t kWide = 16;

// Transposes [16, 16] floats in registers: rows `stride` apart, written `width` apart. Every row is a whole
// cache line.
#if defined(__x86_64__)
[[gnu::target("avx512f,avx512vl,avx512bw,avx512dq")]]
#endif
[[maybe_unused]] void
transpose_wide_block(const float* in, std::int64_t stride, float* out, std::int64_t width) {
  using Sixteen = Vector<16>::Float;
  Sixteen r[16], t[16];
  for (int i = 0; i < 16; ++i) std::memcpy(&r[i], in + i * stride, sizeof r[i]);
  for (int i = 0; i < 16; i += 2) {
    t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
    t[i + 1] =
        __builtin_shufflevector(r[i], r[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
  }
  // r[4 q + j] holds rows 4 q to 4 q + 3 of columns j, j + 4, j + 8 and j + 12, one in each quarter.
  for (int i = 0; i < 16; i += 4) {
    for (int j = 0; j < 2; ++j) {
      r[i + 2 * j] = __builtin_shufflevector(t[i + j], t[i + j + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25,
                                             12, 13, 28, 29);
      r[i + 2 * j + 1] = __builtin_shufflevector(t[i + j], t[i + j + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11,
                                                 26, 27, 14, 15, 30, 31);
    }
  }
  for (int j = 0; j < 4; ++j) {
    Sixteen halves[2][2];  // of rows 0 to 7 and 8 to 15; even and odd quarters
    for (int i = 0; i < 2; ++i) {
      const Sixteen a = r[8 * i + j], b = r[8 * i + 4 + j];
      halves[i][0] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
      halves[i][1] =
          __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    }
    for (int odd = 0; odd < 2; ++odd) {
      const Sixteen a = halves[0][odd], b = halves[1][odd];
      const Sixteen first =
          __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
      const Sixteen second =
          __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
      std::memcpy(out + (j + 4 * odd) * width, &first, sizeof first);
      std::memcpy(out + (j + 4 * odd + 8) * width, &second, sizeof second);
    }
  }
}

// The same by blocks of [8, 8].
void transpose_narrow_blocks(const float* in, std::int64_t stride, float* out, std::int64_t width) {
  for (std::int64_t n = 0; n < kWide; n += kBlock) {
    for (std::int64_t k = 0; k < kWide; k += kBlock)
      ByCpu<transpose_block, CpuFeature::avx2>::call(in + n * stride + k, stride, out + k * width + n, width);
  }
}

using Transpose = void (*)(const float*, std::int64_t, float*, std::int64_t);

Transpose best_transpose() {
#if defined(__x86_64__)
  if (usable_features().has(CpuFeature::avx512)) return transpose_wide_block;
#endif
  return transpose_narrow_blocks;
}

// Turns up to 16 rows of `depth` floats into as many columns, `width` apart; missing columns are zero.
void transpose(const float* in, std::int64_t stride, std::int64_t columns, std::int64_t depth, float* out,
               std::int64_t width) {
  static const Transpose transpose_whole = best_transpose();
  const std::int64_t whole = columns == PanelLayout::kStep ? depth / kWide * kWide : 0;
  for (std::int64_t k = 0; k < whole; k += kWide) {
    transpose_whole(in + k, stride, out + k * width, width);
    for (std::int64_t row = 0; row < kWide; ++row)
      __builtin_prefetch(in + row * stride + k + kPrefetchDistance, 0, 2);
  }
  for (std::int64_t k = whole; k < depth; ++k) {
    for (std::int64_t n = 0; n < PanelLayout::kStep; ++n)
      out[k * width + n] = n < columns ? in[n * stride + k] : 0.0F;
  }
}

// Rounds two inputs of `width` columns and puts them side by side.
[[gnu::always_inline]] inline void store_pairs(const float* even, const float* odd, std::int64_t width,
                                               std::byte* out) {
  for (std::int64_t n = 0; n < width; ++n) {
    const std::uint32_t low = float_to_bfloat(even[n]), high = odd == nullptr ? 0 : float_to_bfloat(odd[n]);
    const std::uint32_t pair = high << 16 | low;
    std::memcpy(out + n * 4, &pair, sizeof pair);
  }
}

}  // namespace

WeightPanels::WeightPanels(DType dtype, const Shape& shape, ByteView rows)
    : layout_(DType::f32, shape[0], shape.elements() / shape[0]),
      dtype_(dtype),
      bytes_(rows),
      floats_(StoredTensor(dtype, shape, rows).as_float()) {}

ByteView WeightPanels::rows_of(std::int64_t index) const {
  if (index >= layout_.count()) return {};
  const std::int64_t row_bytes = layout_.in() * size_of(dtype_);
  return bytes_.subspan(static_cast<std::size_t>(index * PanelLayout::kColumns * row_bytes),
                        static_cast<std::size_t>(layout_.columns(index) * row_bytes));
}

void WeightPanels::fill(std::int64_t index, float* panel) const {
  const std::int64_t width = layout_.width(index);
  for (std::int64_t step = 0; step < width; step += PanelLayout::kStep) {
    fill_step(index * PanelLayout::kColumns + step,
              std::min(PanelLayout::kStep, layout_.columns(index) - step), width, panel + step);
  }
}

std::optional<Transposition> WeightPanels::transposition(std::int64_t index, float* panel) const {
  if (floats_ == nullptr || !Transposition::supports(layout_, index)) return std::nullopt;
  return Transposition{floats_ + index * PanelLayout::kColumns * layout_.in(), panel, layout_.in()};
}

void WeightPanels::fill_step(std::int64_t first, std::int64_t columns, std::int64_t width,
                             float* panel) const {
  alignas(64) float buffer[PanelLayout::kStep * kDepth];
  for (std::int64_t k = 0; k < layout_.in(); k += kDepth) {
    const std::int64_t depth = std::min(kDepth, layout_.in() - k);
    std::int64_t stride = 0;
    const float* rows = rows_as_float(first, columns, k, depth, buffer, stride);
    transpose(rows, stride, columns, depth, panel + k * width, width);
  }
}

// Returns `depth` floats of the weight rows from k on, `stride` apart: in place, or converted into `buffer`.
const float* WeightPanels::rows_as_float(std::int64_t first, std::int64_t columns, std::int64_t k,
                                         std::int64_t depth, float* buffer, std::int64_t& stride) const {
  stride = floats_ != nullptr ? layout_.in() : kDepth;
  if (floats_ != nullptr) return floats_ + first * layout_.in() + k;
  const auto size = static_cast<std::size_t>(size_of(dtype_));
  for (std::int64_t row = 0; row < columns; ++row) {
    const auto offset = static_cast<std::size_t>((first + row) * layout_.in() + k) * size;
    const ByteView bytes = bytes_.subspan(offset, static_cast<std::size_t>(depth) * size);
    to_float({dtype_, Shape{depth}, bytes}, {buffer + row * kDepth, static_cast<std::size_t>(depth)});
  }
  return buffer;
}

void store_panel(const float* panel, const PanelLayout& layout, std::int64_t index, std::byte* out) {
  const std::int64_t width = layout.width(index), count = layout.in() * width;
  switch (layout.element()) {
    case DType::f32:
      std::memcpy(out, panel, static_cast<std::size_t>(count) * sizeof(float));
      return;
    case DType::f16:
      float_to_f16({panel, static_cast<std::size_t>(count)},
                   {reinterpret_cast<std::uint16_t*>(out), static_cast<std::size_t>(count)});
      return;
    case DType::bf16:
      for (std::int64_t k = 0; k < layout.in(); k += 2, out += 4 * width) {
        const float* even = panel + k * width;
        ByCpu<store_pairs>::call(even, k + 1 < layout.in() ? even + width : nullptr, width, out);
      }
      return;
    default:
      fail(ErrorCode::unsupported, "panels", "of int8 need scales");
  }
}

void rows_to_panels(const StoredTensor& weights, const PanelLayout& layout, std::span<std::byte> panels) {
  if (weights.shape.rank() == 0 || weights.shape[0] != layout.out() ||
      weights.shape.elements() != layout.out() * layout.in() || std::ssize(panels) != layout.byte_size()) {
    fail(ErrorCode::mismatch, "panels", "are of another matrix or size than the weights");
  }
  const TransientBytes bytes(weights);
  const WeightPanels source(weights.dtype, weights.shape, bytes.view());
  Tensor panel(Shape{source.layout().panel_elements()});
  for (std::int64_t index = 0; index < layout.count(); ++index) {
    source.fill(index, panel.data());
    store_panel(panel.data(), layout, index,
                panels.data() + layout.offset(index) * size_of(layout.element()));
  }
}

}  // namespace sightline
