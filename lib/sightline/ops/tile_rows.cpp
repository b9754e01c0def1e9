// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/tile_rows.h"

#include <algorithm>

#include "sightline/base/by_cpu.h"
#include "sightline/base/half.h"
#include "sightline/tensor/dtype_conversion.h"

namespace sightline {
namespace {

// Rows are shared among threads only if a thread gets as many values: waking it takes longer than fewer.
constexpr std::int64_t kValuesPerThread = 1 << 14;

[[gnu::always_inline]] inline void round_row(const float* x, std::int64_t count, float* out) {
  for (std::int64_t k = 0; k < count; ++k) out[k] = bfloat_to_float(float_to_bfloat(x[k]));
}

template <class Convert>
void convert_all(std::int64_t rows, std::int64_t in, ThreadPool& pool, Convert convert) {
  const std::int64_t block = std::max<std::int64_t>(1, kValuesPerThread / in);
  const std::int64_t blocks = (rows + block - 1) / block;
  pool.run(blocks, [&](std::int64_t index, int) {
    const std::int64_t end = std::min(rows, (index + 1) * block);
    for (std::int64_t row = index * block; row < end; ++row) convert(row);
  });
}

}  // namespace

TileRows convert_rows(RowForm form, TensorView<const float> x, const PanelLayout& layout,
                      const float* factors, Scratch::Frame& frame, ThreadPool& pool) {
  const std::int64_t rows = x.rows(), in = layout.in(), padded = layout.padded_in();
  const auto columns = static_cast<std::size_t>(in);
  switch (form) {
    case RowForm::rounded: {
      const TensorView<float> out = frame.take(Shape{rows, padded});
      convert_all(rows, in, pool, [&](std::int64_t row) {
        ByCpu<round_row>::call(x.row(row).data(), in, out.row(row).data());
        std::fill(out.row(row).begin() + in, out.row(row).end(), 0.0F);
      });
      return {reinterpret_cast<const std::byte*>(out.data()), padded * 4};
    }
    case RowForm::bfloats: {
      const TensorView<std::uint16_t> out = frame.take<std::uint16_t>(Shape{rows, padded});
      convert_all(rows, in, pool, [&](std::int64_t row) {
        float_to_bf16(x.row(row), out.row(row).first(columns));
        std::fill(out.row(row).begin() + in, out.row(row).end(), std::uint16_t{0});
      });
      return {reinterpret_cast<const std::byte*>(out.data()), padded * 2};
    }
    case RowForm::quantized: {
      const TensorView<std::uint8_t> out = frame.take<std::uint8_t>(Shape{rows, padded});
      const TensorView<QuantizedRow> scales = frame.take<QuantizedRow>(Shape{rows});
      convert_all(rows, in, pool, [&](std::int64_t row) {
        scales.data()[row] = quantize_row(x.row(row), factors, out.row(row));
      });
      return {reinterpret_cast<const std::byte*>(out.data()), padded, scales.data()};
    }
    case RowForm::floats:
      break;
  }
  return {reinterpret_cast<const std::byte*>(x.data()), in * 4};
}

}  // namespace sightline
